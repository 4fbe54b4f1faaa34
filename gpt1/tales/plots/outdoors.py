"""Plots about children out of doors: kites, gardens, wells, islands, snow."""

SOURCE = """
plot: the kite in the oak
hero: child
mood: thankful
@thing: kite | paper glider | red balloon | shuttlecock | frisbee | toy parachute |
  model rocket | beach ball | model glider | straw hat | cardboard rocket | tennis
  ball | paper dragon | woollen ball | toy helicopter
@place: $outdoors
@helper: $neighbours
@tool(tool, early, use):
  - ladder; up a ladder, picking [cherries|pears]; leaned the ladder against the trunk
  - fishing rod; off to the water with a fishing rod; cast the line over the branch,
    once, twice
  - trumpet; practising the trumpet at an open window; blew the trumpet until the
    whole tree trembled
  - bean pole; tying up beans to a bean pole; reached up with the bean pole
  - clothes prop; hanging out sheets, with a clothes prop between {helper.his} knees;
    poked with the clothes prop
  - garden hose; watering [marrows|roses] with a garden hose; aimed the garden hose at
    the topmost leaves
opening: <One windy day> {name}, <a child>, ran out to play {place.at} with {his} new
  {thing}. [On the way {he} waved to|By the gate {he} passed|On the corner {he} said
  good day to] {helper}, who was {tool.early}. <Windy sky>
mishap: The {thing} flew [beautifully|like a bird|higher than the roofs] until [a
  gust|the wind] [took it sideways|had an idea of its own|changed its mind], and then
  it sat in the [top|crown] of an oak [and would not come|and refused to come|and was
  slow to come] [down|back].
try: {name} [jumped|shook the trunk|threw a [stick|shoe|fir cone]]. The oak [kept what
  it had|did not notice|dropped one acorn on {his} head]. {He} [climbed|got] as far as
  the [first|second] branch, and there {his} [courage|legs|arms] came to an end.
idea: {name} [sat down in the grass|sat down on the bank|walked round the tree] and
  <thought>. [What had {he} seen on the way?|Who had what {he} needed?] Then {he}
  [jumped up|jumped to {his} feet] and <hurried> [back|to the gate|down the path].
help: "[Please|Excuse me], may I borrow you?" {he} asked {helper}. "Me, or the
  {tool}?" asked {helper}. "[Both, please|The two of you]," [said {name}|{name} said].

end: {helper} {tool.use}. [Down|And down] came the {thing}, [with a twig in it|a
  little torn|none the worse], and with it [some acorns|an offended pigeon|a lost
  mitten]. "[How can I thank you?|What do I owe you?]" asked {name}. "[Let me have a
  turn,|Nothing. But may I have a turn?|Teach me how it is done,]" [said
  {helper}|{helper} said], and [until dusk|for an hour] the two of them played
  {place.at}, while the {tool} [lay forgotten|had a rest] in the [grass|daisies].
? {helper} used a {tool} to get the {thing} down. = The {thing} came down with the
  help of {helper}'s {tool}.
? The {thing} was stuck in a tree {place.at}. = {Place.at}, a tree held the {thing}.

plot: the seed that took its time
hero: child
mood: proud
@thing: chipped flowerpot | old wellington boot | leaky bucket | jam tin | cracked
  teapot | wooden crate | straw hat | fish kettle | milk pail | saucepan without a
  handle | bathtub | zinc bucket | watering can | coal scuttle | biscuit tin |
  wheelbarrow
@place: on the windowsill | on the back step | on the roof | on the balcony | by the
  gate | against the south wall | outside the kitchen door | beside the pump | under
  the kitchen window | on the garden wall | by the front door | on the landing
@helper: $elders
@seed(seed, hint, grown):
  - flat and striped like a zebra; looks where the light is; a sunflower that turned
    its [great|golden] face to {him}
  - round and wrinkled like an old knee; likes to climb; a pea plant that climbed [the
    drainpipe|a ladder of string] and hung out its pods
  - shiny, with a white eye; has its head in the clouds; a beanstalk as tall as the
    [gutter|door], with scarlet flowers
  - no bigger than a full stop; sleeps with its mouth shut; a poppy, as red as [a
    letterbox|a fire engine]
  - pointed like a teardrop; wears a coat of gold; a pumpkin, [too big for one pair of
    arms|as big as a footstool]
gift: In {helper}'s [waistcoat|apron] pocket {name} [found a seed|came across a
  seed|felt a seed]. It was {seed}. ["What will it be?"|"What does it grow
  into?"|"What is it?"] {he} asked. "[I have forgotten|Ask the seed]," [said
  {helper}|{helper} said]. "I only know that it {seed.hint}."
start: So {name} [filled {a thing} with earth|put earth into {a thing}|found {a thing}
  and some earth], pushed the seed in [with one finger|up to the knuckle], gave it a
  drink and put it {place.at}. [Then {he} sat down|{He} sat down at once] [in front of
  it|beside it] to watch.
waiting: Nothing happened on [Monday|the first day], and nothing on [Tuesday|the
  second]. {name} [sang to it|read it the newspaper|told it a joke]. Nothing happened
  [very slowly|in a thorough way].
temptation: By [the tenth day|the second week] {he} could [bear it no longer|stand it
  no more] and [took hold of|fetched] a spoon, [to dig it up and see|to have one look
  underneath|to find out what was keeping it]. "[I wouldn't|Hands off]," [said
  {helper}|{helper} said]. "Nobody likes to be [woken|looked at] while
  [dressing|getting dressed]." {name} put the spoon away[, though it was hard|]. [{He}
  watered, and {he} waited|{He} waited and watered|{He} waited, with both hands in
  {his} pockets], and {he} [learned to whistle|lost a tooth] meanwhile.
sign: <One day> there was a [crack|bump] in the earth. The next day there was a [green
  hook|small green ear|green thread].

end: It is [July|August] now, and in the {thing} {place.at} stands {seed.grown}.
  [People stop at the fence|The neighbours come to look]. ["However did you do it?"
  they ask.|"How did you manage it?" people ask.|"What is the secret?" they say.] "I
  did not dig it up," says {name}. That was the [hardest|biggest] part, and {he} did
  it [every single day|all alone].
? {name} planted a seed in {a thing}. = {A thing} was where {name} put the seed.
? The seed was {seed}. = What {name} planted was {seed}.
? The {thing} stood {place.at}. = {Place.at} stood the {thing}.

plot: the echo
hero: child
mood: happy
@thing: walking stick | butterfly net | red rucksack | tin of sandwiches (it) | water
  bottle | feathered hat | bunch of keys (it) | tin trumpet | fishing net | sun
  umbrella | flask of tea (it) | camera | folding stool | rolled-up map
@place: at the foot of the cliff | in the gorge | under the high wall of rock | at the
  empty quarry | in the round valley | by the cave | at the bend of the pass
@helper: $elders
@word(rude, kind):
  - Go away; Come and play
  - You're silly; You're clever
  - Keep quiet; Sing a song
  - I won't share; Half is yours
  - Who cares; I do care
opening: {name} [was on a walk in the mountains|was out walking among the
  mountains|had gone up into the mountains] with {helper}. {He} carried the {thing},
  and {he} had [a blister|a stone in {his} shoe|been told twice to hurry], [and {he}
  was in a very bad mood|and {his} mood was as black as a boot|and everything was
  somebody's fault].
mistake: {Place.at} {he} [kicked|stubbed {his} toe on] a pebble and shouted, at
  nobody, "{word.rude}!"
reply: "{word.rude}!" [somebody shouted back|came a voice from the rocks]. {name}
  [spun round|dropped the {thing}]. ["Who's there?" "Who's there?"|"Who said that?"
  "Who said that?"|"Show yourself!" "Show yourself!"|"I can hear you!" "I can hear
  you!"] said the voice. "There is a horrid child [over there|up in the rocks]," said
  {name} to {helper}, with [hot ears|a red face]. "I never did anything to [upset
  anyone|deserve it]."
advice: {helper} [leaned on a rock|sat down] and [took off one boot|ate a raisin].
  "[That child is only|I know that one. It is only] waiting to hear how [you are|one
  talks to it]," {helper.he} said. "Try [something else|another word]."
try: {name} <thought>. [It was not easy|It did not come easily] in such a
  [mood|temper|humour]. "{word.kind}?" {he} said[, not very loud|, as if by accident].
  "{word.kind}?" said the [voice|rocks], [rather shyly|just as shyly].

discovery: "{word.kind}!" called {name}. "{word.kind}!" called [the whole mountain|a
  hundred voices], left and right and overhead.
end: [And then {he} knew who it was|Now {he} knew who it was|At last {he} understood],
  and [laughed|began to laugh], and the mountain [laughed as well|laughed with {him}].
  All the way down with the {thing} {he} [hummed|skipped]. ["It was me, all
  along,"|"It was only me,"|"It was me that I heard,"] {he} told {helper}. "[Mostly it
  is|It often is]," [said {helper}|{helper} said]. Since then {name} tries out {his}
  words first on [the cat|{himself}|the bathroom wall], [to hear how they come back|to
  see how they sound].
? First {name} shouted, "{word.rude}!" = The words that {name} shouted first were
  "{word.rude}!"
? {name} heard the voice {place.at}. = {Place.at}, {name} heard a voice.
? {name} carried the {thing} in the mountains. = The {thing} went into the mountains
  with {name}.

plot: three wishes
hero: child
mood: happy
@thing: silver fish | brass lamp | golden acorn | blue beetle | snow-white snail |
  singing stone | glass frog | copper frog | green pebble with eyes | talking button |
  tiny dragon | feather made of gold | pearl snail
@place: in the old well | at the bottom of the garden | under the stepping stones | in
  the churchyard wall | in the dry fountain | behind the waterfall | under the old
  bridge | in a hollow stump | beneath the stile | in the bird bath | behind the
  beehives | in the rhubarb bed
@helper: $friends
@first(first, result):
  - a pudding that never ended; it ran out at the door and down the street, and the
    whole town had to eat for an hour
  - a bed that could fly; it would not come down until it had seen both coasts
  - a beard; it grew so fast that [two sparrows|a family of wrens] moved in
  - a talking dog; he talked of nothing but cats from breakfast till night
  - to be as tall as a tree; nobody could hear {him}, and [the geese complained|rain
    fell on {him} first]
discovery: <One fine day> {name}, <a child>, found {a thing} {place.at}. "[Put me
  back|Let me go|Spare me]," it said, "and you shall have three wishes." {name} [did
  not stop to think|forgot to think|was too surprised to think].
wish: {His} first wish was [quickly|easily] made: {first}. {He} got it, too. Only,
  {first.result}.
wish: [So the second wish was|The second wish was] [easily|soon] spent as well, [for
  {he} needed it to|for it had to] [undo|get rid of] the first. "[That makes two|Two
  gone]," said the {thing}.
temptation: Now {name} sat down on a [root|stone|milestone] and <thought>. [A mountain
  of gold?|A castle with a moat?] [A ship?|A medal?|A crown?] [Then {he} saw
  {helper}|Then {he} thought of {helper}|Across the street lived {helper}], who had
  been ill in bed all the [holidays|spring].
choice: "I know," [said {name}|{name} said], and [whispered|said] the third wish [so
  softly that only the {thing} heard|in one breath]. "[Well, well|That is a new one],"
  it said. <Carefully> {he} put it back {place.at}.

end: [Before {he} reached the street, a window flew open.|In the street a window
  banged open.|{He} had not gone ten steps when a window opened.] "I'm better!"
  shouted {helper}. "Can you come out?" They [played|climbed trees|ran about] until
  the lamps were lit. ["If you had three wishes,"|"Suppose you had three wishes,"|"If
  a fairy came by,"] {helper} asked on the way home, "what would you take first?"
  "[Anything|Oh, anything]," [said {name}|{name} said], "except {first}."
? {name}'s first wish was {first}. = First of all, {name} wished for {first}.
? {name} got three wishes from {a thing}. = {A thing} gave {name} three wishes.
? The third wish was for {helper}. = It was {helper} for whom {name} made the third
  wish.

plot: the bird with the hurt wing
hero: child
mood: wistful
@thing: shoe box | hat box | sewing basket | old birdcage | biscuit tin | doll's cot |
  drawer | fruit basket | wooden crate | doll's pram | egg box | picnic hamper |
  lampshade
@place: under the hedge | on the garden path | on the school steps | beside the
  railway line | at the edge of the field | in the long grass | by the water trough |
  on the towpath | outside the bakery | beside the tennis court | on the church steps
  | near the rope swing | at the foot of the hill
@helper: $family
@bird(bird, habit, sign):
  - swift; screamed whenever it saw the sky; screaming for joy
  - jackdaw; stole every button it could find; with something shiny in its beak
  - starling; learned to ring like the telephone; ringing like a telephone
  - magpie; hopped after {him} like a small waiter; bowing like a small waiter
  - wood pigeon; fell asleep on {his} head; and it circled twice above {his} head
finding: <One day> {name} found a young {bird} {place.at}. One wing [hung|trailed]
  down. {He} [picked it up|lifted it] <carefully>; it weighed [no more than a
  letter|nothing], but its heart [went like a clock|was going very fast].
care: {helper} [helped {him} make|showed {him} how to make] a bed of
  [wool|hay|flannel] in {a thing}. {name} got up at [five|dawn] to feed it with
  [crumbs|worms|oats and egg] and kept the cat [out|upstairs|away]. The {bird}
  [grew|ate for ten]. It {bird.habit}.
question: ["When it can fly, may I keep it?"|"Can it stay for ever?"|"It is mine now,
  isn't it?"] {he} asked. {helper} [said neither yes nor no|put down {helper.his}
  cup]. "[What does it look at|Where does it look] all day?" {helper.he} asked. The
  {thing} stood by the window.
growing: <At last> the wing was [whole|strong]. It [beat|opened] like [a fan|a flag].

release: So <one fine day> {he} carried the {thing} back to where {he} had found it,
  {place.at}, [and lifted the lid|and opened it|and stepped back][ with {his} eyes
  shut|]. [For a moment|One breath long|At first] nothing stirred. Then came a rush of
  air against {his} cheek.
end: The {thing} [was very light on the way home|weighed nothing on the way home], and
  at supper {name} [did not say much|looked at {his} plate]. {helper} [took {his}
  hand|said nothing, in a kind way]. But <the next day>, as {he} walked to school,
  something flew over the roofs, {bird.sign}. [{name} stood and waved|{name} waved
  both arms|{name} watched it] until it was [gone|a dot], and felt [sad and glad
  together|glad, with a little sadness at the edge].
? {name} looked after a young {bird}. = A young {bird} was cared for by {name}.
? The bird slept in {a thing}. = {A thing} was the bird's bed.
? {name} found the bird {place.at}. = {Place.at} was where {name} had found the bird.

plot: the light on the rocks
hero: child
mood: proud
@thing: barn lantern | bicycle lamp | mirror and a candle (it) | bonfire of old nets
  (it) | storm lamp | row of jam jars with candles (it) | oil lamp | ship's lantern |
  car headlamp | lamp from the henhouse | torch wrapped in red paper | signal lamp
@place: on the headland | on the harbour wall | at Gull Point | on the sea wall | on
  Lantern Rock | at the end of the breakwater | on Seal Head | on the chapel hill | on
  the old watchtower | on the west cliff
@helper: $elders
@count(count, meaning):
  - one long, two short; come in slowly
  - three short, one long; keep to the left
  - two long, two short; mind the rocks
  - four short; here is the harbour
opening: {helper} had [been a sailor|kept the lighthouse] for [forty|thirty] years
  [and knew all the signals|and had every signal by heart]. {Helper.he} taught them to
  {name} [on winter evenings|over the washing-up], with a [spoon|thimble] on the
  table. "{Count} means: {count.meaning}," {helper.he} would say. "[Nobody needs it
  now|It all goes by wire now]. But what you have learned takes up no room."
storm: <One night> [the wind got up|a gale blew in|the sea rose] and the lamp of the
  lighthouse went [out|dark]. [Far out {name} could see|From {his} window {name}
  saw|Out in the dark {name} saw] two little lights, going up and down. It was the
  [herring|mackerel] boat, with [six men|nine men and a boy] on board, [making
  straight for the rocks|coming straight at the rocks|and the rocks lay right ahead].
obstacle: {helper} was [in bed with a cold|at the other end of the village].
action: {name} [ran|hurried|struggled] to {place} with what there was: {a thing}. {He}
  held {his} coat in front of it and took it away again, and [counted aloud against
  the wind|counted under {his} breath|counted, and counted right]: {count}. {His} arms
  [ached|grew heavy]. Rain ran [into {his} sleeves|down {his} neck].

turn: The two little lights [stood still|hesitated]. Then, [slowly|yard by yard], they
  [swung|turned] about.
end: [At midnight the boat lay safe at the quay.|An hour later the boat lay at the
  quay.|They all came in, every one.] "[Who was that|Who was it] {place.at}?" asked
  the skipper. {helper} had come running, and looked at {name} and the {thing}.
  "{Count.meaning}," {helper.he} said[ softly|], and could say no more. It took up no
  room at all, what {name} had learned, and it had brought [everyone|them all|the
  whole boat] home.
? {name} gave the signal with {a thing}. = {A thing} was what {name} used to give the
  signal.
? The signal was {count}. = {Count} was the signal that {name} gave.
? {name} gave the signal {place.at}. = {Place.at}, {name} gave the signal.

plot: the map in the book
hero: child
mood: happy
@thing: tin box | leather pouch | stone jar | cigar box | glass jar | copper kettle |
  wooden casket | biscuit tin | iron chest | toffee tin | clay pot | ginger jar |
  canvas bag | jewel case
@place: in the park | on the common | behind the church | on the allotments | at the
  old mill | in the abbey ruins | beside the canal
@helper: $elders
@first(first, second, third):
  - the lion that never roars; the stone lion at the gate; stone lion
  - the giant who holds up the wires; the tall pylon by the brook; pylon
  - the lady who is always cold; the marble lady on the fountain; marble lady
  - the soldier made of leaves; the clipped yew by the wall; clipped yew
@inside(inside, use):
  - a penny and a joke; tell the joke and keep the penny
  - a whistle carved from bone; blow it once and think of me
  - a pair of dice and the rules of a game; find someone to play with
  - a list of the best trees to climb; add one more
finding: Between two pages of [a dull|a heavy old] book {name}, <a child>, found a
  [map|slip of paper with a map on it]. [It showed the paths|It was a plan of the
  paths] {place.at}, and on the back somebody had written: "Start from {first}."
clue: {name} [laughed|whistled], [put on {his} boots|took {his} cap] and <hurried> to
  {place}. It could only be {first.second}. At its foot {he} found a [chalk
  arrow|scratch in the stone] and the words: "Twenty steps to the [east|west], and
  look [up|down]."
clue: There was nothing but [a hollow tree. But in the bark|a pump. But on the
  handle|a bench. But under the seat|a fence. But on the post|a milestone. But low
  down] was carved a small [hand|finger] that pointed at the [ground|roots].
digging: {name} dug with [a stick|a slate|both hands]. [The earth was hard|It began to
  drizzle|Worms looked at {him}|A robin watched], but soon {his} nails
  [scraped|struck] something: {a thing}.

discovery: In it lay {inside}. And there was a letter, [brown with age|folded very
  small]. "[Well found|Good eyes], whoever you are," it said. "{Inside.use}. Then bury
  this again with something of your own, for the next one."
end: At the bottom stood a name. It was {helper}'s, in a child's round hand. {name}
  [set|put] the {thing} down on the table without a word. {helper} looked at it, and
  [sixty|fifty] years [fell off|dropped from] {helper.his} face. "You took your time,"
  {helper.he} said[, and both of them laughed|, and winked|]. {Place.at} there is {a
  thing} in the ground [again|once more].
? {name} found {a thing} in the ground. = In the ground, {name} found {a thing}.
? {helper} had hidden the treasure. = The treasure had been hidden by {helper}.
? In it was {inside}. = {Inside} was in it.

plot: the sledge race
hero: child
mood: proud
@thing: sledge | tea tray | tin bath | toboggan | bobsleigh made of planks | old door
  | washing basket | wooden tray | wheelless pram | old signboard | dough trough |
  half a barrel | hay crate
@place: on Windmill Hill | on the long slope | on the vicar's field | on Goose Hill |
  on the north bank | on Beacon Hill | on Church Hill | on Badger Bank | on the mill
  slope | on Sheep Hill | on the long meadow | on Cobbler's Rise
@helper: $friends
@prize(prize, shared):
  - a chocolate bear as long as an arm; bear, {name} got the head and {helper} the
    feet
  - a lantern of coloured glass; lantern, it hangs one week at {name}'s and the next
    at {helper}'s
  - a week of free rides on the roundabout; rides, they took them all together
  - a cake in the shape of a snowman; cake, there was some left for the judge
opening: <One snowy day> the great sledge race was held {place.at}, and [everything
  that could slide|the whole school] was there. <Snowy sky> The prize was {prize}.
wish: {name}, <a child>, had waxed {his} {thing} [seven times|for a week]. "On your
  marks," cried the [judge|postman]. [Bang!|Go!]
contest: [How it flew!|Off they shot!|Away {he} went!] {name} [passed|overtook] [the
  twins|a pram], {he} passed [the baker's boy|a ladder with five on it], and
  [soon|then] there was nobody in front of {him} but the wind.
obstacle: [Then {he} saw something|Then there was something|But what was that?
  Something] [red|blue|striped] in the snow. It was a [scarf|cap], and beside it sat
  {helper}, holding one [ankle|knee]. {Helper.his} sledge was in [two
  halves|splinters].
choice: {name} dug in {his} heels. "[Get on|Climb up]!" {he} said. ["You'll
  lose,"|"You'll come last,"|"You'll never win now,"] [said {helper}|{helper} said].
  "[Then I'll lose|I know how to do that]," [said {name}|{name} said]. "Hold tight."

surprise: [Now two are heavier than one, and|But a full sledge has weight, and] [the
  heavier, the faster|what is heavy goes fast]. The {thing} [groaned|shot off] and
  [flew|went] like a [cannonball|comet]. They went by [everyone|all the rest|the twins
  and the pram], over the line and into the [hedge|haystack].
end: "[Won by a nose|First]!" cried the judge. "Or rather by [two|a nose each]." As
  for the {prize.shared}. The {thing} hangs on the wall in the shed now, over a card
  that says: [Room for two|Seats two].
? The prize was {prize}. = {Prize} was the prize.
? {name} raced on {a thing}. = {A thing} was what {name} rode in the race.
? {name} stopped to help {helper}. = {helper} was helped by {name} during the race.
? The race was held {place.at}. = {Place.at} there was a race.
"""
