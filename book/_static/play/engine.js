// The shipped model in plain JavaScript: what gpt1/tokenizer/trained.py, gpt1/model.py
// and gpt1/generate/sampling.py compute. It asks for no page and no network, so that
// it runs in a worker, which is given its text, and in node, where tests compare it.
const makeEngine = function () {
  "use strict";

  // --- Text to ids and back ----------------------------------------------------------
  // Python's \s and \w; JavaScript's own are others.
  const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const WORD = "\\p{L}\\p{N}_";
  const PIECES = new RegExp(` ?[${WORD}]{1,128}| ?[^${WORD}${SPACE}]{1,128}|[${SPACE}]`, "gu");
  const UNKNOWN = "<unk>";

  // `merges`: pairs of symbols, parted by a tab, each on a line of its own.
  function makeTokenizer({ characters, merges }) {
    const pairs = merges ? merges.split("\n") : [];
    const ranks = new Map(pairs.map((pair, rank) => [pair, rank]));
    const joined = pairs.map((pair) => pair.replace("\t", ""));
    const tokens = [...new Set([UNKNOWN, ...characters, ...joined])];
    const ids = new Map(tokens.map((token, id) => [token, id]));
    const known = new Map();

    function apply(symbols) {
      while (symbols.length > 1) {
        let best = Infinity;
        let pair;
        for (let i = 1; i < symbols.length; i += 1) {
          const rank = ranks.get(`${symbols[i - 1]}\t${symbols[i]}`);
          if (rank < best) [best, pair] = [rank, [symbols[i - 1], symbols[i]]];
        }
        if (!pair) break;
        const next = [];
        for (let i = 0; i < symbols.length; i += 1) {
          const found = symbols[i] === pair[0] && symbols[i + 1] === pair[1];
          next.push(found ? pair[0] + pair[1] : symbols[i]);
          if (found) i += 1;
        }
        symbols = next;
      }
      return symbols;
    }

    function encode(text) {
      return (text.match(PIECES) ?? []).flatMap((piece) => {
        if (!known.has(piece)) known.set(piece, apply([...piece]).map((symbol) => ids.get(symbol) ?? 0));
        return known.get(piece);
      });
    }

    const decode = (some) => some.map((id) => (id === 0 ? "\ufffd" : tokens[id])).join("");
    return { tokens, encode, decode };
  }

  // --- Weights -----------------------------------------------------------------------
  // Half precision: the high bytes of all numbers, then the low ones, deflated, as
  // base 64. Returns an array of float32 for each name.
  async function unpack({ sizes, packed }) {
    const text = atob(packed);
    const small = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) small[i] = text.charCodeAt(i);
    const stream = new Blob([small]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    const half = bytes.length / 2;
    const all = new Float32Array(half);
    for (let i = 0; i < half; i += 1) {
      const high = bytes[i];
      const power = (high >> 2) & 31;
      const rest = ((high & 3) << 8) | bytes[half + i];
      const size = power ? (1 + rest / 1024) * 2 ** (power - 15) : rest * 2 ** -24;
      all[i] = high & 128 ? -size : size;
    }
    const weights = {};
    let start = 0;
    for (const [name, size] of Object.entries(sizes)) weights[name] = all.subarray(start, (start += size));
    if (start !== half) throw new Error(`the weights have ${half} numbers, expected ${start}`);
    return weights;
  }

  // --- The model ---------------------------------------------------------------------
  // y = W x + b, with W stored by rows; four rows at a time, which saves half the time.
  function linear(y, weight, bias, x) {
    const wide = x.length;
    for (let row = 0; row < y.length; row += 4) {
      const first = row * wide, second = first + wide, third = second + wide, fourth = third + wide;
      let a = 0, b = 0, c = 0, d = 0;
      for (let i = 0; i < wide; i += 2) {
        const left = x[i], right = x[i + 1];
        a += weight[first + i] * left + weight[first + i + 1] * right;
        b += weight[second + i] * left + weight[second + i + 1] * right;
        c += weight[third + i] * left + weight[third + i + 1] * right;
        d += weight[fourth + i] * left + weight[fourth + i + 1] * right;
      }
      y[row] = a;
      y[row + 1] = b;
      y[row + 2] = c;
      y[row + 3] = d;
    }
    if (bias) for (let row = 0; row < y.length; row += 1) y[row] += bias[row];
  }

  // x = LayerNorm(x + change)
  function addAndNorm(x, change, gain, bias, eps) {
    let mean = 0, square = 0;
    for (let i = 0; i < x.length; i += 1) mean += x[i] += change[i];
    mean /= x.length;
    for (let i = 0; i < x.length; i += 1) square += (x[i] - mean) ** 2;
    const scale = 1 / Math.sqrt(square / x.length + eps);
    for (let i = 0; i < x.length; i += 1) x[i] = (x[i] - mean) * scale * gain[i] + bias[i];
  }

  function gelu(x) {
    const root = Math.sqrt(2 / Math.PI);
    for (let i = 0; i < x.length; i += 1) {
      x[i] *= 0.5 * (1 + Math.tanh(root * (x[i] + 0.044715 * x[i] ** 3)));
    }
  }

  function softmax(x) {
    let most = -Infinity, sum = 0;
    for (let i = 0; i < x.length; i += 1) most = Math.max(most, x[i]);
    for (let i = 0; i < x.length; i += 1) sum += x[i] = Math.exp(x[i] - most);
    for (let i = 0; i < x.length; i += 1) x[i] /= sum;
    return x;
  }

  // One text, read token by token. Of each place it keeps the keys and values, what each
  // head read there, the state after each block, and the logits.
  function makeModel(config, weights) {
    const { vocab_size: vocab, context, width, layers, heads, feed_forward: inner, norm_eps: eps } = config;
    const size = width / heads;
    const floats = (...sizes) => new Float32Array(sizes.reduce((a, b) => a * b));
    const embedding = weights["token_embedding.weight"];
    const positions = weights["position_embedding.weight"];
    const blocks = Array.from({ length: layers }, (_, layer) => {
      const part = (name) => ["weight", "bias"].map((kind) => weights[`blocks.${layer}.${name}.${kind}`]);
      return {
        joint: part("attention.query_key_value"), projection: part("attention.projection"),
        firstNorm: part("attention_norm"), secondNorm: part("feed_forward_norm"),
        expand: part("feed_forward.expand"), contract: part("feed_forward.contract"),
        keys: floats(context, width), values: floats(context, width),
      };
    });
    const states = floats(layers + 1, context, width);
    const reads = floats(layers, heads, context, context);
    const scores = floats(context, vocab);
    const [x, joint, mixed, change, wide] = [width, 3 * width, width, width, inner].map((n) => floats(n));
    const query = joint.subarray(0, width);
    const ids = [];
    const off = new Uint8Array(layers * heads);

    const state = (level, place) => states.subarray((level * context + place) * width).subarray(0, width);
    const read = (layer, head, place) =>
      reads.subarray(((layer * heads + head) * context + place) * context).subarray(0, place + 1);
    const logits = (place) => scores.subarray(place * vocab, (place + 1) * vocab);

    function attend(block, layer, place) {
      const { keys, values } = block;
      mixed.fill(0);
      for (let head = 0; head < heads; head += 1) {
        const weight = read(layer, head, place);
        const start = head * size, end = start + size;
        for (let other = 0; other <= place; other += 1) {
          let sum = 0;
          for (let i = start, j = other * width + start; i < end; i += 1, j += 1) sum += query[i] * keys[j];
          weight[other] = sum / Math.sqrt(size);
        }
        softmax(weight);
        if (off[layer * heads + head]) continue;
        for (let other = 0; other <= place; other += 1) {
          const share = weight[other];
          for (let i = start, j = other * width + start; i < end; i += 1, j += 1) mixed[i] += share * values[j];
        }
      }
    }

    // Read the next token.
    function step(id) {
      const place = ids.length;
      if (place >= context) throw new RangeError(`the context holds ${context} tokens`);
      for (let i = 0; i < width; i += 1) x[i] = embedding[id * width + i] + positions[place * width + i];
      state(0, place).set(x);
      blocks.forEach((block, layer) => {
        linear(joint, ...block.joint, x);
        block.keys.set(joint.subarray(width, 2 * width), place * width);
        block.values.set(joint.subarray(2 * width), place * width);
        attend(block, layer, place);
        linear(change, ...block.projection, mixed);
        addAndNorm(x, change, ...block.firstNorm, eps);
        linear(wide, ...block.expand, x);
        gelu(wide);
        linear(change, ...block.contract, wide);
        addAndNorm(x, change, ...block.secondNorm, eps);
        state(layer + 1, place).set(x);
      });
      linear(logits(place), embedding, null, x);
      ids.push(id);
    }

    // Forget all but what the text and these ids have in common; return how many it is.
    function keep(wanted) {
      let same = 0;
      while (same < ids.length && ids[same] === wanted[same]) same += 1;
      ids.length = same;
      return same;
    }

    // The heads whose output is zero; `list` has pairs of a layer and a head, from 0.
    function switchOff(list) {
      const now = new Uint8Array(off.length);
      for (const [layer, head] of list) now[layer * heads + head] = 1;
      if (now.some((one, i) => one !== off[i])) ids.length = 0;
      off.set(now);
    }

    // The lens: what the output matrix reads in the state after `level` blocks.
    function lens(level, place) {
      const found = floats(vocab);
      linear(found, embedding, null, state(level, place));
      return found;
    }

    return { config, ids, step, keep, switchOff, logits, read, lens };
  }

  // --- The next token ----------------------------------------------------------------
  // The ids by their logits, highest first. A sort that calls a function for each pair
  // takes as long as the model does, so value and id become one number: the bits of a
  // float, made to grow with it, and below them the id.
  function sorted(logits) {
    const keys = new Float64Array(logits.length);
    const bits = new Int32Array(Float32Array.from(logits).buffer);
    for (let id = 0; id < keys.length; id += 1) {
      const grows = bits[id] < 0 ? ~bits[id] ^ -(2 ** 31) : bits[id];
      keys[id] = -grows * 65536 + id;
    }
    keys.sort();
    const ids = new Uint16Array(keys.length);
    for (let i = 0; i < ids.length; i += 1) ids[i] = keys[i] & 65535;
    return ids;
  }

  // The tokens that may come next, likeliest first, and their chances: temperature,
  // top-k (0 keeps all) and top-p, in this order. Temperature 0 keeps the likeliest.
  function candidates(logits, { temperature = 1, k = 0, p = 1 } = {}) {
    const all = sorted(logits);
    const tokens = all.subarray(0, temperature === 0 ? 1 : k || all.length);
    const chances = softmax(Float64Array.from(tokens, (id) => logits[id] / (temperature || 1)));
    let before = 0, left = 0;
    for (let i = 0; i < chances.length; i += 1) {
      const own = chances[i];
      if (p < 1 && before >= p) chances[i] = 0;
      before += own;
      left += chances[i];
    }
    return { tokens, chances: chances.map((chance) => chance / left) };
  }

  // A number from 0 to 1 for each seed and place: the same seed goes the same way from
  // each place, however the reader came there. (The steps of mulberry32.)
  function dice(seed, place) {
    let a = (Math.imul(seed + 1, 0x9e3779b1) + Math.imul(place + 1, 0x6d2b79f5)) | 0;
    for (let i = 0; i < 2; i += 1) {
      a = Math.imul(a ^ (a >>> 15), 1 | a);
      a = (a + Math.imul(a ^ (a >>> 7), 61 | a)) ^ a;
    }
    return ((a ^ (a >>> 14)) >>> 0) / 2 ** 32;
  }

  function draw({ tokens, chances }, chance) {
    let end = 0;
    const place = chances.findIndex((one) => chance < (end += one));
    return tokens[place < 0 ? chances.findLastIndex((one) => one > 0) : place];
  }

  // --- What a worker does, or a page that has none -------------------------------------
  // Takes messages and posts answers. A new message ends what the one before began; long
  // work pauses every few milliseconds, so that messages and frames come through.
  function makeBrain(post) {
    const SLICE = 12;
    let model = null;
    let turn = 0;
    const wait = (time) => new Promise((done) => setTimeout(done, time));

    // Read the ids; false where another message came meanwhile.
    async function read(ids, own) {
      let start = performance.now();
      for (let place = model.keep(ids); place < ids.length; place += 1) {
        model.step(ids[place]);
        if (performance.now() - start < SLICE) continue;
        await wait(0);
        if (turn !== own) return false;
        start = performance.now();
      }
      return true;
    }

    const does = {
      async start({ stored }, own, answer) {
        model = makeModel(stored.config, await unpack(stored));
        answer({ kind: "ready" });
      },

      // The logits after the last of the ids, what each head read there, and the likeliest
      // tokens of the lens at each level.
      async look({ ids, off }, own, answer) {
        model.switchOff(off);
        if (!(await read(ids, own))) return;
        const { layers, heads } = model.config;
        const place = ids.length - 1;
        const each = (length, make) => Array.from({ length }, (_, i) => make(i));
        answer({
          kind: "seen",
          logits: model.logits(place).slice(),
          reads: each(layers, (layer) => each(heads, (head) => model.read(layer, head, place).slice())),
          lens: each(layers + 1, (level) => {
            const { tokens, chances } = candidates(model.lens(level, place));
            return each(3, (i) => [tokens[i], chances[i]]);
          }),
        });
      },

      // Write up to `most` tokens, or until `end`; `pace` is the least time for each.
      async write({ ids, off, seed, sampling, most, end, pace }, own, answer) {
        model.switchOff(off);
        if (!(await read(ids, own))) return;
        const text = [...ids];
        const ended = () => end.every((id, i) => text.at(i - end.length) === id);
        for (let count = 0; count < most && text.length < model.config.context; count += 1) {
          const start = performance.now();
          const next = draw(candidates(model.logits(text.length - 1), sampling), dice(seed, text.length));
          model.step(next);
          text.push(next);
          answer({ kind: "token", id: next, logits: model.logits(text.length - 1).slice() });
          if (ended()) break;
          await wait(Math.max(0, pace - (performance.now() - start)));
          if (turn !== own) return;
        }
        answer({ kind: "written", isFull: text.length === model.config.context, isEnd: ended() });
      },

      async stop() {},
    };

    return async (message) => {
      turn += 1;
      const answer = (found) => post({ ...found, number: message.number });
      try {
        await does[message.kind](message, turn, answer);
      } catch (error) {
        answer({ kind: "failed", why: String(error.message ?? error) });
      }
    };
  }

  return { makeTokenizer, unpack, makeModel, makeBrain, candidates, dice, draw };
};

// `stored` is the weights, once their script, weights.js, has come, and `truth` the
// grammar's chances in some tales, once truth.js has.
const gpt1 = Object.assign(makeEngine(), { stored: null, truth: null });
gpt1.worker = `const brain = (${makeEngine})().makeBrain((answer) => postMessage(answer));
onmessage = ({ data }) => brain(data);`;
