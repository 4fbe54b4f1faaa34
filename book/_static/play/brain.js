// Fetches the model and lets it compute: in a worker, or in the page itself where workers
// from text are forbidden. Both pages on which the model writes have it.
const brain = (() => {
  const HERE = document.currentScript.src.replace(/[^/]*$/, "");
  const loaded = new Map();

  function load(file) {
    if (!loaded.has(file)) loaded.set(file, new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: HERE + file, onload: done });
      script.onerror = () => {
        loaded.delete(file);
        failed(new Error(`${file.replace(/\?.*/, "")} could not be loaded`));
      };
      document.head.append(script);
    }));
    return loaded.get(file);
  }

  function open(answer) {
    let post = null;
    let waiting = [];
    function instead() {
      post = gpt1.makeBrain(answer);
      waiting.splice(0).forEach(post);
    }
    try {
      const address = URL.createObjectURL(new Blob([gpt1.worker], { type: "text/javascript" }));
      const worker = new Worker(address);
      worker.onmessage = ({ data }) => {
        worker.onerror = null;
        waiting = [];
        answer(data);
      };
      worker.onerror = instead;
      post = (message) => {
        waiting.push(message);
        worker.postMessage(message);
      };
    } catch {
      instead();
    }
    return (message) => post(message);
  }

  // Load the files, one after the other, and start the model. Returns a function that sends
  // it messages; `hear` gets the answers to the last of them, those to others are late.
  async function wake(files, hear) {
    for (const file of files) await load(file);
    return new Promise((done, failed) => {
      let number = 0;
      const post = open((answer) => {
        if (answer.kind === "ready") {
          gpt1.stored = null;
          done(send);
        } else if (answer.number === number) {
          if (answer.kind === "failed") failed(new Error(`The model stopped: ${answer.why}`));
          hear(answer);
        }
      });
      const send = (message) => post({ ...message, number: (number += 1) });
      send({ kind: "start", stored: gpt1.stored });
    });
  }

  return { wake };
})();
