"""Plots about children in town and at school: friends, fairs, shops and letters."""

SOURCE = """
plot: the new girl or boy
hero: child
mood: happy
@thing: chess set | bag of marbles (it) | mouth organ | skipping rope | pack of cards
  (it) | butterfly book | yo-yo | sketch pad | model aeroplane | rock collection
@place: on the wall behind the gym | at the far end of the playground | under the lime
  tree | on the library steps | by the bicycle racks | at the corner table
@helper: $friends
@town: $towns
opening: [It is hard to be new|Being new is no joke|There is nothing so long as the
  first break at a new school]. {name}, <a child>, had come all the way from {town}
  with [two suitcases|a cat in a basket|a cold], and on the first day [nobody spoke to
  {him}|{he} ate {his} [apple|[sandwich|dumpling]|roll] alone|{he} counted the
  [windows|bricks|clouds] so as to look busy].
clue: But {he} had eyes in {his} head. {Place.at} sat somebody else alone, [bent over
  {a thing}|with {a thing}|busy with {a thing}]. [It was {helper}, who|It was
  {helper}. {Helper.he}|{name} knew who: {helper}, who] [sat in the back row|never put
  up {helper.his} hand|came in last each morning].
fear: Now {name} had [a secret|not told anyone]: there was {a thing} in {his} own bag,
  too, [wrapped in a sock|right at the bottom|under the gym shoes]. {He} [took one
  step|stood up], and sat down again. [What if {helper} laughed|What if it was the
  wrong thing to say]?
waiting: [So went Tuesday, and so went Wednesday.|So went the second day, and so went
  the third.|Two more days went like that.]
courage: On Thursday {name} [breathed in|counted to three|made {himself} walk], went
  up and said the [only|first] thing that came into {his} head: "I've got one of
  those."
reply: {helper} looked up, [slowly|blinking], as if a [window|door] had opened. "[Have
  you really?|Truly?]" {helper.he} said. "I thought I was the only one in the world."

end: The bell rang, and neither of them heard it. By Friday there were [three|four] of
  them {place.at}, each with {a thing}, and by [spring|Easter|the end of term] they
  had [a club|a club with a password]. The password is "{town}", and the first rule
  says: whoever is new must be asked [on the first day|at once|before the bell rings].
? {name} had come from {town}. = {Town} was the place that {name} had moved from.
? {helper} had {a thing} too. = {name} and {helper} each had {a thing}.
? {helper} was sitting {place.at}. = {name} saw {helper} {place.at}.

plot: the ladder of swaps
hero: child
mood: proud
@thing: toy drum | tin robot | tambourine | fishing rod | magic set | jar of honey
  (it) | painted fan | puppet crocodile | kaleidoscope | paintbox | toy crane |
  spyglass | banjo | tin steamboat | rocking cow
@place: $town places
@helper: $neighbours
@first: cork | paper clip | safety pin | button | pencil stub | rubber band | tram
  ticket | walnut shell | bottle top | shoelace
@second(second, why):
  - pot of jam; was bottling plums and needed a stopper
  - ball of wool; had lost the very last bit of a pattern
  - bunch of radishes; wanted something to mark the seed rows with
@third(third, whose, need):
  - kite without a tail; a painter; was longing for breakfast
  - cage without a bird; a bus driver; had a sick aunt to visit
  - birdbath with a crack; a tall policeman; could not go home with empty hands
wish: [In the window of the shop {place.at} stood|The little shop {place.at} had in
  its window] {a thing}, and {name} wanted it [more than an ice cream every day|so
  much that {his} nose left a mark on the glass]. [But in {his} pocket there was|But
  {his} pocket held|In {his} pocket, though, was] [nothing but|only|nothing except] {a
  first}.
meeting: ["I could use that,"|"That is just what I need,"|"You would not part with
  that, would you?"] said {helper}, who {second.why}, and gave {him} {a second} [in
  exchange|for it|by way of thanks].
meeting: [Further on,|Two streets on,|At the next corner|Not far from there] {name}
  met {third.whose} who {third.need}. "Would you take {a third} for that?" he asked.
  [{name} would.|{name} thought it a fair exchange.|"Done," said {name}.] {He} carried
  it <town way>, and [people turned to look|a dog barked at it].
meeting: [At last {he} came to the shop|So {he} came to the shop|And then {he} stood
  before the shop] {place.at}. [The old shopkeeper put on her glasses.|The shopkeeper
  leaned over the counter.|The shopkeeper stopped dusting.] "{A third}!" she cried.
  "[I have been looking for one everywhere.|The very thing I need!|Do you know how
  long I have wanted one?] What would you take for it?"

end: And that is how {name} got {a thing} for {a first}. [{He} played with it all the
  way home.|{He} took it home by the longest way.|{He} carried it home like an egg.]
  But at {helper}'s gate {he} [stopped|stood still] and went in to say [thank
  you|where it had all led], since every ladder, {he} thought, [has a first
  rung|begins with somebody who stops].
? {name} started out with {a first}. = At the beginning {name} had only {a first}.
? In the end {name} got {a thing}. = {A thing} was what {name} had at last.
? {helper} gave {name} {a second}. = {name} was given {a second} by {helper}.

plot: the coins in the jar
hero: child
mood: thankful
@thing: blue bicycle | accordion | paintbox with thirty colours | sailing boat with
  real sails | football made of leather | sledge with iron runners | globe with a
  light inside | microscope | ship in a bottle | tent for two | cello of the smallest
  size | canoe paddle | violin case
@place: $town places
@helper: $neighbours
@job(job):
  - walking a very fat dog
  - sweeping leaves
  - delivering eggs
@need(who, loss, token):
  - boy with a trumpet; had dropped his bus money down a drain; a tune
  - small girl; had lost her mother's purse; a daisy ring
  - old sailor; had no fare for the ferry home; a knot that never slips
wish: A coin for {job}, a coin for [shelling peas|polishing spoons], a coin for [being
  quiet|a lost tooth]: all [winter|summer] {name} had been filling a jar. <One day> it
  was full, and {he} carried it in both arms <town way>, to buy the {thing} in
  {helper}'s window.
obstacle: {Place.at} {he} met {a need} who {need.loss} and was [trying not to
  cry|looking very lost].
choice: {name} looked at the jar. {He} could see the {thing} [quite clearly, down to
  the last screw|before {him}, bright as day|as if it were {his} already]. {He}
  <thought>. Then {he} [sighed|sat down] [and counted out the money|and began to count
  out coins|and tipped it up], [one by one|slowly, one by one|until the jar was half
  empty]. ["I have nothing to give you for it,"|"I can't pay you back,"|"I haven't
  much to thank you with,"] said the {need}, "only {need.token}." {name} took it
  [gladly|with a bow|as if it were gold].
news: [Towns have ears|News runs faster than feet]. Next morning {helper}
  [knocked|stood at the door]. "I hear the {thing} has to wait," [said
  {helper}|{helper} said]. "But [so has my shop|so has my work]. [I could use somebody
  who is good at {job}.|They say you are good at {job}.|Nobody in town is better at
  {job}, they say.] You may take your pay in advance."

end: And outside, against the [gate|hedge|lamp post], was the {thing}. [{name} did not
  know what to say, so|{name} could not speak, and so|For a while {name} just stood,
  and then] {he} gave {helper} what {he} had: {need.token}. [It seemed to be
  enough|"We are even," said {helper}|{helper} has it still].
? {name} earned coins by {job}. = {Job} was how {name} earned some coins.
? {name} was saving up for a {thing}. = A {thing} was what {name} was saving for.
? {name} gave money to {a need} {place.at}. = {Place.at}, {a need} was given money by
  {name}.

plot: goodbye to a friend
hero: child
mood: wistful
@thing: friendship bracelet | blue marble | wooden penknife | tin whistle | pressed
  flower | old compass | half of a torn map | glass bead | shell | skipping stone |
  brass key | drawing of two cats | lucky penny | paper crane | yellow ribbon |
  spinning coin
@place: $outdoors
@helper: $friends
@town: $towns
@sign(sign, reply):
  - blow a kiss to the moon; the moon looks down on both of us
  - whistle twice at sunset; the wind will carry it
  - wave to the evening train; trains go everywhere
  - draw a star on the window; there is a star on mine
opening: {name} and {helper} [had been friends since|had been the best of friends
  since|had not been parted since] [before they could walk|they were two|the day they
  shared one puddle]. {Place.at} they had [built a den|dug a hole to Australia|founded
  a country], and [there they met|that was where they met|there they were] every
  [day|afternoon], [rain or shine|without fail].
news: Then {helper}'s mother found work in {town}, [a day's journey away|farther than
  any bus goes|off the edge of the map]. [Everything went into boxes|The house grew
  empty|Boxes filled the hall], and [on the last evening|when everything was packed]
  the two of them went once more to {place}[ and did not know what to say| and said
  very little|].
gift: "[Here|Keep this]," [said {helper}|{helper} said], and [pushed something into
  {name}'s hand|laid something in {name}'s palm|opened {helper.his} fist]. It was {a
  thing}. "[Whenever you miss me,|When it gets too quiet,|Every evening,|When you
  think of me,] {sign.sign}."
parting: In the morning the [van|car] [turned the corner|grew small] and was gone.
  {name} ran after it as far as the [pump|letterbox|last lamp]. Then {he} stood and
  held the {thing} [tight|very tight|in both hands|to {his} chest].
time: The days were long and had [holes|a hole] in them. {name} made new friends, but
  [some places stay empty|nobody else knew their country's flag|it was not the same].

end: Even now, when [evening comes|it gets dark], {name} takes out the {thing}, goes
  to {place} and does what they agreed: {sign.sign}. {He} knows that [far away|over
  the hills] in {town} somebody is doing the same, because once {helper} wrote: "I do
  it too. {Sign.reply}." [It still hurts a little|It is not much], but it is
  [something|not nothing|a kind of thread].
? {helper} moved to {town}. = {Town} became {helper}'s new home.
? {helper} gave {name} {a thing}. = {name} was given {a thing} by {helper}.

plot: message in a bottle
hero: child
mood: happy
@thing: green bottle | brown jug with a cork | jam jar | stone flask | tin with a
  tight lid | lemonade bottle | ink bottle | cider bottle | medicine bottle | honey
  jar
@place: on the beach | at the end of the pier | by the lighthouse | at the river mouth
  | on the sea wall | at the ferry landing | on the rocks | in the cove | beside the
  breakwater
@helper: $friends
@town: $towns
@asked(asked, answered):
  - What do you have for breakfast; Pancakes on Sundays, and fish on all the others
  - Is your sea the same as mine; Mine is grey and sings at night
  - Do you have a dog; Yes, and he swims out to meet the post
  - What can you see from your window; Eleven boats, a goat and the moon
  - Do gulls laugh at you as well; Only when I fall in
wish: {name} lived so close to the sea that [sand got into the butter|the windows
  tasted of salt]. [{He} often wondered|{He} used to wonder|At night {he} wondered]
  who lived on the other side.
plan: <One fine day> {he} wrote on a [sheet of paper|page from {his} notebook] in
  {his} best hand: "{asked.asked}?" {He} added {his} name and [street|the name of the
  village], rolled it up, put it into {a thing}, went to {place} and threw it in, [as
  far as {he} could|with both hands|with a splash].
waiting: [It bobbed|It rose and dipped|It danced] [once|twice|three times] and was
  gone. [{name} came to look|{name} looked for it|{name} stood on the shore] the next
  day, and the next. {He} found [a boot|driftwood], [a crab in a bad temper|a coil of
  rope], [half an oar|a blue feather]. [Summer went, and winter|The summer passed, and
  the winter] [came and went|blew in and blew out]. After that {he} came [only on
  Sundays|less often|only when {he} was passing].
surprise: And <one day> the [postman|post boat] brought [a letter|an envelope with a
  strange stamp]. "[Dear|My dear] {name}," it said. "{asked.answered}. Your {thing}
  [knocked at our boat|came in with the tide|was in my father's net]. My name is
  {helper} and I live in {town}."

end: {name} read it aloud, twice, to [the cat|the waves|everyone at table]. [Then {he}
  sat down and answered|Then {he} sharpened a pencil and answered|The same day {he}
  answered] {helper}, and the [letters go to and fro|two of them write to each other]
  to this day. But there is a cork in {his} pocket again. {He} has one more question,
  and [the sea is wide|it is for somebody quite different].
? {name} threw {a thing} into the sea. = {A thing} was thrown into the sea by {name}.
? The answer came from {town}. = Somebody in {town} sent the answer.
? {helper} answered {name}'s message. = The one who wrote back to {name} was {helper}.

plot: the footprints
hero: child
mood: relieved
@thing: currant loaf | tray of jam tarts (it) | gingerbread house | cheese wheel |
  seed cake | blackberry pie | plate of dumplings (it) | bowl of custard (it) |
  apricot flan | pot of raspberry jam (it) | apple turnover | batch of scones (it) |
  lemon sponge | cream horn
@place: in the bakery | in the school kitchen | at the inn | in the parsonage | at the
  mill house | in the tea room | in the fire station | at the boarding house | at the
  dairy | in the cookery school | at the lighthouse | at the ferry café
@helper: $neighbours
@thief(thief, mark, talent):
  - a hedgehog; were no bigger than a thumb and led out under the gate; who keeps the
    slugs off the lettuces
  - a goose; were as flat as leaves, with three toes each; who honks when strangers
    come
  - a baby goat; came in pairs, like split beans; who pulls the little cart on market
    days
  - a monkey from the circus; had thumbs, and led over the curtain rail; who hands out
    the tickets
crime: "Stop, thief!" {helper} [cried {place.at}|shouted {place.at}|was heard
  {place.at}] <one day>. [But there was nobody to stop.|But nobody was running.|But
  there was no thief to be seen.] Only an empty [shelf|windowsill] where {a thing} had
  [been cooling|stood].
suspicion: Everyone [looked at everyone else|had an opinion]. "It was the [chimney
  sweep|twins]," said one. "It was that big dog," said another. [Somebody looked hard
  at the twins' pockets, though they had done nothing|The big dog hung his head,
  though he had done nothing][ at all|].
clue: {name}, <a child>, [said nothing. {He} was looking at the floor.|was on hands
  and knees.|looked down and not around.] Somebody had spilled [flour|icing
  sugar|meal], and there were footprints in it. They {thief.mark}.
search: {He} followed them over the [step|sill], <country way>, where crumbs lay like
  [stars|a trail of beads]. {Helper} came after {him} with a [ladle|rolling
  pin|broom].

discovery: There in the straw lay {thief}, as round as a [drum|barrel], fast asleep,
  and smiling.
end: "[I can't be angry with that|Well, I never]," [said {helper}|{helper} said], and
  let {helper.his} arm sink. They asked everybody's pardon, and the [twins|dog] got [a
  biscuit|the broken biscuits] for the hurt. And so {helper} came to have {thief},
  {thief.talent}, and asks no wages but {a thing} [now and then|at Christmas|every
  other Sunday].
? The {thing} had been eaten by {thief}. = It was {thief} that had eaten the {thing}.
? The {thing} disappeared {place.at}. = {Place.at}, the {thing} had gone.

plot: the tug of war
hero: child
mood: happy
@thing: scooter | hammock | swing | tricycle | pogo stick | trampoline | rowing boat |
  tree house | canoe | go-cart | seesaw | raft | wagon | pedal car | tin boat
@place: $outdoors
@helper: $friends
@judge(judge, rule):
  - Grandpa; one cuts and the other chooses
  - the lollipop lady; what stands still goes to nobody
  - the postwoman; a thing that two share is only ever half as dull
  - the ice-cream man; whoever shouts last has lost
quarrel: "Mine!" said {name}. "Mine!" said {helper}. They had found the {thing}
  {place.at} [together|at the same moment], [old and dirty|under a heap of
  leaves|without an owner], and they had [mended|scrubbed] it together, and now each
  wanted to be first.
escalation: {name} [stamped|made a face]. {helper} [folded {helper.his} arms|did the
  same, only worse]. They [stopped speaking|drew a line in the dust], and the {thing}
  stood in the middle, [and nobody used it|doing nothing]. <Fine sky> It was a
  [shame|pity] to waste such a day.
judgement: [Along came|Then along came|As luck would have it, along came] {judge} and
  [had a good look at the two backs|heard it all, twice]. "[I know a rule for that|My
  own grandmother had a saying]," said {judge}. "{Judge.rule}."
cunning: {name} <thought>. "What about this?" {he} said to the air. "You go first
  today. I count to [a hundred|fifty|two hundred]. Then I go, and you count."
  "[Slowly?|By twos?]" asked {helper}, and turned half round. "Slowly," [said
  {name}|{name} said], "but not [too slowly|with halves]."

end: So they did, and found that [counting was|waiting was] almost the better part,
  since [you could make faces|you could sing the numbers]. By evening they had [lost
  count|forgotten to count] altogether and [were both on it|both used it at once]. On
  the {thing} {place.at} it now says in red paint what {judge} told them:
  {judge.rule}.
? {name} and {helper} quarrelled over the {thing}. = The {thing} was what {name} and
  {helper} quarrelled about.
? It was {judge} who gave advice. = The advice came from {judge}.
? They found the {thing} {place.at}. = The {thing} had been lying {place.at}.

plot: salt for sugar
hero: child
mood: {turn.mood}
@thing: birthday cake | batch of biscuits (it) | rice pudding | pot of cocoa (it) |
  apple crumble | sponge roll | chocolate pudding | plate of shortbread (it) | custard
  tart | pear crumble | honey cake | plum pie
@place: at the summer fair | at the school fête | in the village hall | at the harbour
  feast | at the harvest supper | in the church garden | at the May fair | at the
  sports day | on the village green | at the station café | at the bandstand | in the
  mill yard
@helper: $elders
@turn(mood, deed, result):
  - happy; tasted a crumb, and [made a dreadful face|turned green]; [There was just
    time to bake another, with|So it was done all over again, with|They began again at
    the beginning, with] {helper} reading out the labels, and it [came out golden|rose
    like a balloon]. "A cook who tastes," [said {helper}|{helper} said], "never has to
    [hide|explain]." {name} won [third|second] prize and a [wooden spoon|blue ribbon],
    and was as pleased as if it had been the first.
  - sorry; was in a hurry and [did not taste it|said that tasting was for beginners];
    [The judges took a bite, all three at once.|Three judges took three bites.|The
    first judge opened her mouth, and the others did the same.] They [coughed|wept],
    and called for water. {name} wished {he} could [sink into|hide under] the floor.
    ["It is my doing,"|"It was me,"|"I put in the wrong one,"] {he} told {helper},
    with [wet|hot] cheeks. "I only wanted to be quick." "The cows will lick it," [said
    {helper}|{helper} said], and [took {his} hand|put an arm round {him}]. "Tomorrow
    we shall bake again, slowly."
wish: {name} wanted to win the baking prize {place.at}, and {helper}, who was [the
  best cook for miles|famous for {helper.his} pies], had lent {him} [an apron|the good
  bowl] that came down to {his} [ankles|shoes].
mishap: <One day> {he} set to work on {a thing}. {He} [stirred and whisked|measured
  and sifted], and sang a little song about [eggs|butter]. Two jars stood on the
  shelf, [alike as twins|side by side], and one held sugar and the other salt. {name}
  was singing the [loudest|highest] part just then, and {he} [reached|put out {his}
  hand] for the wrong one.
suspense: When it was done, the {thing} looked [wonderful|like a picture]. It smelled
  [of holidays|so good that the cat sat up].
choice: Before {he} took it there, {name} {turn.deed}.

end: {turn.result}
? {name} made {a thing} with salt in it. = {name} put salt into {a thing}.
? The prize was to be won {place.at}. = There was a baking prize {place.at}.
? {helper} was a good cook. = {name} knew a good cook, and that was {helper}.

plot: home by lamplight
hero: child
mood: {turn.mood}
@thing: brass lantern | borrowed watch | red whistle | wicker basket | walking stick |
  spyglass | blue umbrella | fishing net | spare scarf | bag of apples (it) | picture
  map | tin whistle
@place: at the fair | by the weir | in the bluebell wood | at the boatyard | on the
  sand dunes | at the puppet tent | at the circus | in the old quarry | by the
  weaver's pond | at the railway bridge | at the regatta | on the cliff path
@helper: $elders
@lure(lure, more):
  - a man who made coins vanish; one more trick
  - a fish as long as an arm; one more look
  - the highest tree of all; one more branch
  - a game of forty-forty; one more round
@turn(mood, deed, home):
  - proud; looked once more, and [turned|tore {himself} away]; {helper} was just
    lighting the lamp. "[To the minute|As good as your word]," {helper.he} said, and
    gave {him} the best thing that {helper.he} had: "Next week you may stay until the
    stars are out, for [now I know whom I can trust|a promise kept is a key]."
  - sorry; stayed[ and stayed|]; It was black night when {he} [ran|crept] up the path.
    {helper} stood at the gate, quite white, with the lamp in {helper.his} hand.
    {Helper.he} did not [scold|say one hard word]. {Helper.he} only held {name} very
    close, and {name} could feel {helper.his} heart [beating|going like a clock]. "I
    am sorry," {he} said, and [meant it|thought of it long after].
promise: "You may go," [said {helper}|{helper} said]. "[But be home before I light the
  lamp.|Only be back before I light the lamp.|But when I light the lamp, I want you
  here.] Promise?" "I promise," said {name}, <a child>, and took the {thing} along.
journey: [Off {he} went|{He} set out|Away {he} ran], <country way>. <Fine sky>
  {Place.at} there was so much to see that the hours [flew|melted]: [swallows under a
  roof|a caterpillar crossing the path], [a boy who walked on his hands|somebody's
  lost hat], [and best of all|and, best of all by far|and then, oh joy], {lure}.
warning: The shadows [grew long|reached across the grass]. [The first window lit up|A
  bat flitted by|The first star came out]. The {thing} in {name}'s hand [felt
  heavy.|seemed to ask what {he} had promised.|weighed as much as a stone.]
temptation: "Only {lure.more}," [thought {name}|{name} thought].
choice: And then {he} {turn.deed}.

end: {turn.home}
? {name} was kept by {lure}. = {Lure} was what kept {name}.
? {name} had promised {helper} to be home. = {helper} had {name}'s promise to be home.
? {name} took the {thing} along {place.at}. = {Place.at}, {name} had the {thing} with
  {him}.

plot: the whistle lesson
hero: child
mood: proud
@thing: penny whistle | ukulele | unicycle | pogo stick | lasso | bugle | boomerang |
  hula hoop | yo-yo | accordion | juggling set | mouth organ | trapeze | skateboard |
  banjo | tambourine
@place: $outdoors
@helper: $elders
@times(times, joke):
  - six times; Seven is a good number
  - eleven times; Twelve makes a dozen
  - nineteen times; Twenty is a round number
  - ninety-nine times; A hundred sounds better
@watcher(watcher, noise):
  - cow; mooed
  - old crow; cawed
  - goat; bleated
  - neighbour's dog; howled
wish: {name} got {a thing} for {his} birthday. ["How long does it take to
  learn?"|"When will I be able to do it?"|"Is it hard?"] {he} asked. "[It depends how
  often you are willing to fail|That depends on you]," [said {helper}|{helper} said].
try: {name} took the {thing} to {place}, where [nobody could see|there was room].
  [{He} tried once.|The first try was short.|{He} had a go.] [Oh dear.|Well!] {A
  watcher}, which had been looking on, {watcher.noise}.
try: {He} tried again, [harder|with {his} tongue out|with {his} eyes shut]. [It was
  worse.|That was no better.|It went worse than before.] [Thump!|Ouch!] The {watcher}
  {watcher.noise} again.
despair: ["I can't do it,"|"I give up,"|"I'll never do it,"|"It's no use,"] {name}
  said to {helper} that evening, and [pushed the {thing} under the bed|hung the
  {thing} on a nail]. "I have failed {times}." "Is that all?" said {helper}.
  "{times.joke}. [I used to fail before breakfast|You should have seen me at your
  age]."
practice: [{name} had to laugh.|At that {name} had to smile.|{name} could not help
  laughing.] And so {he} went back to {place}, that day and the next, [in sun and in
  wind|in {his} boots when it rained].

end: [When it happened, it happened|And then it happened,|Then one day it came,] [all
  by itself|as if it had never been hard]. {name} [stood|stopped] quite still for joy
  [and then did it again, to make sure|and did it once more|and then did it again, in
  case it had been luck]. The {watcher} said nothing at all. After {times} of getting
  it wrong, [getting it right felt like flying|once was enough for a song of
  joy|nothing ever felt so good]. "[Now|So], how long does it take?" asked {helper}.
  "{Times}," [said {name}|{name} said], "and [one|then one more]."
? {name} had failed {times}. = It had gone wrong {times} for {name}.
? {name} learned to use {a thing}. = The {thing} was what {name} learned.
? {A watcher} watched {name} practise. = {name} was watched by {a watcher}.
"""
