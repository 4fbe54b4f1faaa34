"""Plots about children at home: losing, making, breaking, owning up, going to bed."""

SOURCE = """
plot: lost and found
hero: child
mood: relieved
@thing: green scarf | silver whistle | wooden spoon | toy elephant | story book |
  yellow notebook | paintbrush | pocket compass | woollen mitten | magnifying glass |
  tin soldier | library card | bracelet | blue pencil case
@place: in the library | at the bakery | in the museum | at the swimming pool | in the
  greenhouse | at the post office | at the town hall | at the barber's shop | at the
  fire station | at the museum of clocks | at the station café | at the pottery | at
  the town gallery
@helper: $elders
@where(spot, habit, found):
  - on the windowsill; liked to look out of windows; leaning against the glass
  - under a bench; always swung {his} legs when {he} sat; in the dust where feet go
  - behind the door; never could shut a door quietly; hanging from the handle
  - beside the clock; was forever asking the time; right under the big hand
opening: {name} was <a child>, who {where.habit} and who [went nowhere|never left the
  house|did nothing at all] without {his} {thing}. [It was a present from
  {helper}|{Helper} had given it to {him}|{He} had got it from {helper}] [when {he}
  turned [four|five|six]|last winter|for being brave at the dentist].
loss: <One day>, back from a [long|happy|tiring|rainy] visit to {place}, {name} [felt
  in {his} bag|turned out {his} pockets|put {his} hand in {his} coat]. The {thing} was
  gone!
search: {He} <looked>[, even in the [breadbin|laundry basket|umbrella stand]|, and
  then <looked> again]. [Nothing.|It was not there.|No luck.]

advice: ["When I lose a thing, I don't look for the thing,"|"When something is lost, I
  don't look for it,"|"The thing is not what I look for,"] [said|remarked] {helper}.
  "I look for [myself|my own footsteps]. What [did you do|do you always do] in such a
  [place|spot]?"
discovery: {name} <thought>. [{He} remembered|It came back to {him}|Now {he} knew|{He}
  saw it before {him}]: {he} had been {where.spot}.

end: They <hurried> back together, hand in hand. And there {where.spot} {place.at},
  {where.found}, was the {thing}, [waiting|safe and sound|none the worse|looking quite
  at home]. "[Next time|Tomorrow|From now on]," [said {name}|{name} said], hugging it,
  "I shall [hold on tighter|look behind me before I go|count my things before I
  leave]." <Sleepy end>.
? {name} lost {his} {thing} {place.at}. = {Place.at}, {name} left {his} {thing}
  behind.
? The {thing} turned up {where.spot}. = {name} found the {thing} {where.spot}.

plot: the broken jug
hero: child
mood: {turn.mood}
@thing: blue jug | china plate | glass swan | painted bowl | flower vase | teapot |
  sugar bowl | porcelain shepherd | fruit dish | cake stand | milk jug | candlestick
  made of glass | gravy boat
@place: in the kitchen | in the hall | in the front room | in the pantry | in the sun
  room | on the landing | in the dining room | in the study | in the music room | in
  the conservatory
@helper: $family
@game(game):
  - a game of indoor football
  - a pirate battle with a broom
  - a dance on one leg
  - a race against the cat
@turn(mood, deed, answer, last):
  - proud; went straight to {helper} [and told the whole story|and told everything,
    elbow and all|and told it from beginning to end]; "That took more courage than any
    [pirate|knight|lion tamer] has," [said {helper}|{helper} said]. "Come, we will
    mend it together."; {He} held the pieces and {helper} held the glue. The {thing}
    had a [crooked|thin|wobbly] line across it for ever after, and [every time {name}
    saw it, {he} stood a little taller|{name} was rather proud of that line]
  - sorry; pushed the pieces under the rug and said not a word; But all [day|evening]
    the lump under the rug seemed to [stare at|look at|grow in front of] {him}.; {He}
    could not [eat {his} supper|finish {his} soup|sleep a wink]. When {helper} came to
    say good night, [the truth came out with a great many tears|{name} told it all,
    into the pillow|out it came, every word, with tears]. "I only wish you had told me
    sooner," [said {helper}|{helper} said], [and {name} wished it too|and so did
    {name}|and {name} nodded into the quilt]
opening: {Place.at} [of {name}'s house stood|of the house where {name} lived, there
  stood|of {name}'s house there was] {a thing}. It was [older|a good deal older] than
  {helper}, and [nobody was to touch it|everybody walked round it on tiptoe|it was
  only used on [Sundays|birthdays|feast days]].
mishap: <One wet day>, [when it was too wet to go out|because the garden was one big
  puddle], {name} [had a fine idea for|started|invented] {game}. [One turn, two turns,
  and then|It went very well, until|{He} was winning, too, when] [an elbow|a heel|a
  knee] [met|caught|touched] the {thing}. [Crash!|Smash!|Clatter!] [It lay|There it
  lay|Next moment it lay] [in five pieces|in six pieces|in pieces] on the floor.
choice: [Nobody had seen it.|The house was quiet.|Only the clock went on ticking.]
  [{name}'s heart went|Inside {name} something went] [bump, bump|thump, thump]. {He}
  <thought>, and then {he} {turn.deed}.

answer: {turn.answer}
end: {turn.last}. [A thing that is broken can be mended, as {helper} likes to say, and
  so can a day|Glue mends a good deal, as {helper} likes to say, and the truth mends
  the rest|As {helper} likes to say, there is glue for cups and truth for everything
  else].
? {name} broke the {thing} {place.at}. = The {thing} {place.at} was broken by {name}.
? {name} had started {game}. = {Game} was what {name} had begun.

plot: the secret present
hero: child
mood: happy
@thing: patchwork cushion | bird box | picture frame | knitted hat | clay mug | wooden
  boat | bookmark | paper lantern | jewellery box | footstool | woolly scarf |
  doorstop in the shape of a hen | tea cosy | painted tray | key rack | letter holder
@place: in the attic | in the shed | in the cellar | in the loft | in the wash-house |
  in the garage | in the summerhouse | in the boat shed | in the barn
@helper: $neighbours
@loved: Grandma (she) | Grandpa (he) | Mum (she) | Dad (he) | Aunt Vera (she) | Uncle
  Bill (he)
@excuse(lie, joke):
  - feeding the spiders; How are the spiders?
  - looking for the wind; Did you catch the wind?
  - counting the nails; How many nails are there?
  - practising how to be a ghost; Good evening, ghost.
wish: [{Loved}'s birthday was only [a week|nine days|ten days] away|It would be
  {loved}'s birthday in [eight|nine|ten] days|There were only [six|eleven|twelve] days
  left to {loved}'s birthday], [and {name} wanted to|and {name} meant to|and {name}
  had made up {his} mind to] give {loved.him} something that [no shop could
  sell|nobody else in the world had|{he} had made all by {himself}].
opening: So [every day after school|every evening before supper|each afternoon] {he}
  crept away to {place} to make {a thing}.
obstacle: It was [hard|fiddly|slow] work. The first one [came apart|turned out
  lopsided|looked like a squashed [pear|potato|frog]], [and the second was not much
  better|and so did the second].
help: "[Patience|Slowly does it|Start again, and slower]," said {helper} from next
  door, who [knew about such things|had clever hands|had once made a hundred of them],
  [and {helper.he} showed {name} how|and showed {name} how|and {helper.he} sat down to
  help|and {helper.he} lent {name} a better knife].
danger: [But {loved} grew curious.|But {loved} had begun to wonder.|Only, {loved} had
  noticed something.] "[What do you do {place.at} all day?|What are you up to
  {place.at}?|Why are you never where I look?]" {loved.he} asked. "I am {excuse},"
  [said {name}|{name} said], and [turned as red as a beetroot|hid {his} sticky
  hands|looked at {his} shoes].

end: On the [great day|birthday] {loved} [opened|unwrapped|untied] the parcel.
  {Loved.he} [said nothing for a long time|had to blow {loved.his} nose|looked and
  looked]. "[It is the best {thing} I have ever had,|It is the finest {thing} in the
  town,|No {thing} was ever so much my own,]" {loved.he} said. Then {loved.he} winked.
  "{excuse.joke}" And {name} <laughed>, [because now the secret was|for the secret
  was|since at last the secret was] [over|out|free].
? {name} made {a thing} for {loved}. = The {thing} that {name} made was for {loved}.
? {name} worked on the present {place.at}. = {Place.at} was where {name} made the
  present.

plot: a noise in the night
hero: child
mood: relieved
@thing: torch | night light | candle lantern | bicycle lamp | oil lamp | pocket torch
  | storm lantern | glow-in-the-dark star
@place: at the seaside house | in the cabin by the lake | at the farm | in the tall
  town house | at the mill
@helper: $elders
@noise(sound, early, cause):
  - tap, tap, tap; an apple tree grew so close that it [could almost come in|leaned on
    the wall]; a branch of the apple tree, knocking at the pane [like a visitor|to be
    let in]
  - scratch, scratch; the cat was nowhere to be found; the cat, shut in the wardrobe
    and very [cross|glad to see {him}]
  - drip, drop, drip; the bath tap had been [mended|seen to] that very day; the bath
    tap, which wanted mending [again|a second time]
  - flap, flap, flap; the washing was still out on the line; a shirt on the washing
    line, waving [both its arms|hello to the moon]
  - rumble, rumble; {helper} had eaten a very large supper; {helper} {helper.himself},
    fast asleep and snoring
opening: {name} was staying with {helper} {place.at} for [the first time|a week|the
  holidays]. It was [all new|a house full of corners|quite different from home]:
  {noise.early}, and the stairs [creaked like old shoes|had a smell of soap and
  apples].
fear: <One night> [{name} woke up.|{name} opened {his} eyes.|{name} lay
  awake.|something woke {name}.] [It was dark as [ink|a boot|a pocket].|The fire was
  out.] [And from somewhere came a sound:|Then {he} heard it:|And out of the dark it
  came:|Something was going:] {noise}. [{He} pulled the blanket|{He} pulled the
  covers] up to {his} [nose|eyes|ears]. [A robber?|A bear?|A dragon?] [A ghost with
  wet feet?|A lost giant?|Something with claws?]
try: "[A noise is only a noise|It cannot be bigger than the house|I would rather know
  than not]," [{name} told the pillow|{name} said aloud|{name} said to the
  ceiling|thought {name}]. {He} took the {thing} in one hand and [a slipper|a
  hairbrush|the bear|a shoe] in the other, and [step by step|on tiptoe|on bare feet]
  {he} followed the sound.

discovery: {Noise}, it went, [nearer and nearer|louder and louder|quite near now|on
  the other side of the wall]. {name} held up the {thing}, and [the dark drew back|the
  shadows jumped aside].
end: There it was: {noise.cause}! [{name} laughed so much that {he} had to|{name}
  began to laugh, and had to|{name} laughed until {he} had to] [sit down|hold on to
  the wall]. [And then {he} went back to bed and slept|Back in bed {he} slept|Then
  {he} crept under the blanket again and slept] [like a log|until the porridge was
  cold|till the sun was on the quilt], for a thing that you have looked at [cannot
  scare you any more|is never half as big].
? {name} heard a noise {place.at}. = The noise that {name} heard came in the night
  {place.at}.
? The noise went {noise}. = {Noise}, went the noise.
? {name} carried a {thing} through the dark. = A {thing} lit the dark for {name}.

plot: the rainy picnic
hero: child
mood: happy
@thing: cherry cake | potato salad | apricot tart | spinach pie | lemon pudding | egg
  sandwich | cold omelette | plum cake | onion tart | treacle pudding | cucumber salad
  | raspberry trifle
@place: in the meadow | by the river | on the green hill | under the chestnut trees |
  by the lake | on the cliffs | in the bluebell wood | on the island | in the castle
  ruins | by the weir | in the orchard
@helper: $friends
@camp(built, roof, best):
  - a tent from two sheets; the sheets; creeping in and out
  - a castle from six chairs; the chairs; the throne
  - a ship from the old sofa; the sofa; being captain by turns
  - a cave from the kitchen table and a quilt; the quilt; the echo
wish: [All week|For a fortnight|Ever since the holidays began,|For days] {name} and
  {helper} had planned a picnic {place.at}. [{name} was to bring the|{name} had
  promised to bring the|{name} was in charge of the] [plates|lemonade|blanket], and
  {helper} was to bring {a thing}.
obstacle: But on [Saturday|Sunday], [of all days|at the very last minute], the sky
  turned [grey|black|the colour of slate], [and the rain came down|and down came the
  rain|and it rained] [in buckets|as if it would never stop|like a curtain]. {helper}
  [stood at {name}'s door|rang {name}'s bell|appeared at {name}'s door], [dripping|wet
  to the skin], with the {thing} under {helper.his} coat. ["Now there won't be a
  picnic,"|"That's the end of our picnic,"|"So much for the picnic,"|"It's all
  spoiled,"] {helper.he} said[ sadly| in a very small voice|].
cunning: [{name} looked out at the rain.|{name} watched the drops race down the
  glass.|{name} frowned at the rain.] {He} looked [round the room|at the furniture].
  "[Who says|Where is it written] that a picnic needs [grass|sunshine|ants]?" {he}
  asked.
building: They [pushed and pulled|set to work], and [soon|in no time] they had built
  {camp}. They [spread|laid] the blanket on the floor, and for the sun they hung up [a
  lamp|an orange|a yellow balloon|a brass pan].

end: The rain [drummed|beat|pattered] on the window, but inside, safe under
  {camp.roof}, they ate the {thing} down to the last crumb. [The best thing of all
  was|Best of all was|What they liked most was] {camp.best}. "[Let's do it again|Let's
  do this every week]," [said {helper}|{helper} said], "even if the sun [shines|comes
  out]."
? {helper} brought {a thing}. = It was {helper} who came with {a thing}.
? The children built {camp}. = {Camp} is what the children built.
? They had meant to have the picnic {place.at}. = The picnic should have been
  {place.at}.

plot: the stopped clock
hero: child
mood: proud
@thing: grandfather clock | cuckoo clock | kitchen clock | station clock | ship's
  clock | church clock | wall clock | clock with the painted moon | clock with the
  dancing figures
@place: at the inn | in the schoolhouse | in the town hall | at the ferry house | at
  the old hotel | in the dairy | at the mill | in the customs house | at the fire
  station | at the toy museum | at the bank
@helper: $neighbours
@cause(culprit, clue, fix):
  - a bead; a necklace had broken on the stairs; fished it out with a [hairpin|bent
    wire]
  - a snail; the door had been left open to the wet garden; carried it out to the
    [lettuces|cabbages]
  - a crumb of toast; someone had been eating breakfast in a hurry; picked it out with
    a [feather|toothpick]
  - a mouse's nest; bits of wool had been going missing; moved it, mouse and all, into
    [an old hat|a shoe box]
opening: The {thing} {place.at} [had ticked for|had been going for|had struck the
  hours for] [a hundred|ninety|eighty] years. People [cooked their eggs by it|set
  their watches by it|caught their trains by it].
trouble: <One day> [it stopped, and|it said nothing any more, and|it stood still, and]
  [everything went wrong|nobody knew where they were]. [Lunch came at breakfast
  time|The soup boiled over], [the dog was walked twice|the baby had two naps], and
  {helper}, who looked after it, [sat with {helper.his} head in {helper.his}
  hands|walked up and down and sighed].
failure: [A man came from the city|A watchmaker came] with a bag of little
  [hammers|screwdrivers]. He [tapped|hummed] and shook his head. "[Too old|Worn out],"
  he said, and went away again.
clue: But {name}, who was [seven|eight], had [sharp|good] eyes. {He} had noticed that
  very week that {cause.clue}. {He} <thought>. "May I look inside?" {he} asked. "[I
  have small fingers|I shall be careful]."

discovery: {He} opened the little door and peered in with a [match-box torch|hand
  mirror|magnifying glass]. [And there between two wheels sat|And between two wheels
  {he} saw the culprit,] {cause}!
end: {name} {cause.fix}. [For a moment nothing happened.|Nothing moved at
  first.|Everybody held their breath.] Then: tick, said the {thing}, tock. [Everyone
  clapped|People cheered|The whole house breathed out]. "[Big tools|Many tools] are
  good," [said {helper}|{helper} said], [shaking {name}'s hand|with a bow to
  {name}|and patted {name} on the back], "but [a good look|open eyes] will do better."
  And ever since then it has been {name} who [winds it up|looks after it] every
  [Sunday|Friday].
? The {thing} {place.at} stopped because of {cause}. = {Cause} had stopped the {thing}
  {place.at}.
? {helper} looked after the {thing}. = The {thing} was looked after by {helper}.

plot: the last slice
hero: child
mood: {turn.mood}
@thing: plum cake | walnut bread | carrot cake | cheese pie | apple strudel | honey
  loaf | pear tart | nut roll | chocolate cake | cherry pie | poppy-seed cake | ginger
  loaf | jam roll | almond cake
@place: on the balcony | in the back garden | on the front steps | in the summerhouse
  | on the roof terrace | on the jetty | in the hayloft | under the walnut tree | on
  the garden wall | by the goldfish pond | on the bench by the post office
@helper: $friends
@turn(mood, choice, deed, last):
  - happy; "Half is plenty for me," {he} said; cut it [right|straight] down the
    middle; Then {helper} [dug in {helper.his} pocket|opened {helper.his} bag] and
    brought out two [peaches|plums|bananas], one for each. So [both had more than
    before|the half had turned into a feast], and the [bees|sparrows|wasps] got the
    crumbs.
  - sorry; "I saw it first," {he} said; ate it all up, quickly, [looking the other
    way|with {his} back turned]; Then {helper} brought two [peaches|plums|bananas] out
    of {helper.his} bag. "I was keeping one for you," {helper.he} said[ quietly|], and
    gave it to {name} all the same. [It was the sweetest one in the world, and {name}
    could hardly swallow it.|It tasted of nothing at all, for {name} was
    ashamed.|{name} had never eaten anything so slowly.] "Next time," {he} said, "the
    first slice is yours, and the last as well."
opening: <One fine day>, {name} and {helper} sat {place.at} with {a thing} between
  them. [They had helped to bake it|It was still warm|It smelled of
  [butter|cinnamon|Sunday]].
game: They told each other [jokes|riddles|stories about sharks], and [each time|with
  every laugh|whenever they laughed] [they ate a slice|one more slice was gone|they
  took another slice]. [Nobody counted.|Who counts such things?]
obstacle: <All at once> there was only one slice of {thing} left. [{name} looked at
  it. {helper} looked at it.|They both looked at it.|{helper} looked at {name}. {name}
  looked at the plate.] [A fly looked at it too.|It got very quiet.]
choice: {name}'s stomach [growled|rumbled]. {turn.choice}, and {he} {turn.deed}.

end: {turn.last}
? {name} and {helper} ate {a thing} together. = {A thing} was shared out between
  {helper} and {name}.
? They sat {place.at}. = {Place.at} is where the two of them were sitting.

plot: the forgotten line
hero: child
mood: thankful
@thing: paper crown | tin sword | velvet cloak | cardboard moon | golden goblet |
  wooden sceptre | paper rose | silver bowl | magic lamp | giant key | feathered mask
  | painted shield
@place: in the school hall | in the village barn | at the little theatre | in the
  market square | in the town hall | in the castle courtyard | in the library | on the
  village green | in the circus tent
@helper: $friends
@part(role, line):
  - the king of the frogs; The pond belongs to all of us
  - the north wind; I only wanted to be let in
  - the star that fell; How bright it is down here
  - the ferryman; I carry all who ask me
  - the last dragon; Will nobody stay for tea
opening: [In the play|In the great play|In the midsummer play] {place.at}, {name} was
  to be {part}. {He} had [only one line|one line and one line only], [and it was the
  last of all|but it was the very last of the play|and everything hung on it]:
  "{part.line}."
practice: {name} said it [in the bath|to the cat|on the stairs|to the goldfish|up a
  tree] and {he} said it [in bed|to the milkman|to the mirror|with {his} mouth full].
  [{He} could have said it|By then {he} could say it|{He} was sure that {he} could say
  it] [backwards|standing on {his} head|underwater]. {helper}, who was only [the back
  of a cow|a tree|a bush|half a horse], [heard it so often that {helper.he} knew it
  too|could not help learning it as well|had it by heart before long].
fear: [Then came the night of the play.|At last the evening came.|And then it was the
  night.] [The lamps went up, and there sat|Out there in the dark sat|The curtain
  rose, and there sat] [the whole town|everybody's mothers and fathers|a hundred
  people]. {name} [stepped forward|walked to the front|came to the edge of the stage]
  with the {thing} in {his} hands and opened {his} mouth. [It was empty.|Nothing came
  out.|Not a sound came.] [The line had flown off|Every word was gone|There was
  nothing in it at all].

help: [One second went by, and then another.|Somebody coughed.|A chair creaked.] Then
  from behind {him} came {helper}'s whisper, [very soft|ever so quiet|no louder than a
  mouse]: "{part.line}."
end: And {name} held up the {thing} and said it, [loud and clear|so that the back row
  heard it|in a voice that filled the place|without one mistake]: "{part.line}." How
  they [clapped|stamped and clapped]! [When it was over,|At the end|When the lamps
  came on,] {name} pulled {helper} to the front to bow beside {him}. "[A tree|A
  friend] at your back," {he} said, "is worth more than [any crown|any cloak|all the
  lamps]."
? {name} played {part}. = The part of {part} was {name}'s.
? {name} held the {thing} in the play. = In the play, it was the {thing} that {name}
  held.

plot: the outgrown toy
hero: child
mood: wistful
@thing: rag doll | wooden train | plush rabbit | rocking horse | spinning top | toy
  tractor | wooden duck on wheels | knitted monkey | toy lighthouse | music box |
  wind-up mouse | puppet prince
@place: on the top shelf | at the back of the cupboard | in the toy chest | in the
  corner by the stove | on the window seat | behind the curtain | in the bottom drawer
  | beside the bookcase
@helper: $family
@small: baby brother (he) | little sister (she) | small cousin next door (he) |
  neighbour's little girl (she)
@mark(mark, story):
  - one blue patch; the day when it fell into the paint
  - a bent corner; the day when it flew down the stairs
  - a bite on one side; the summer of the bad-tempered goat
  - a smell of tar; the day when they both fell into the harbour
opening: {Place.at} in {name}'s room lived {a thing} with {mark}. [It had once been
  {his} best friend|Once they had gone everywhere together|{He} had never been able to
  sleep without it].
change: [But {name} had grown.|But years go by.|But {name} was older now.] There was
  [school now, and football|a bicycle now, and a library card|so much to read, and so
  many friends], and [days|weeks] went by when {he} did not [look up|think of it]
  once.
discovery: <One wet day> {helper} [was clearing out|was tidying up|wanted to make
  room]. "{name}, what about this old thing?" {helper.he} asked. {name} took the
  {thing} [in {his} hands and wiped off the dust|down and blew away the dust|on {his}
  lap|up, gently, by one end]. There was {mark}, and [at once {he} remembered|all at
  once {he} thought of|it brought back] {mark.story}.
kindness: Just then {his} {small} came in, crying about [a bumped knee|a burst
  balloon|nothing at all], and saw it, and stopped. [Two small hands reached out.|Two
  hands came up, with all ten fingers.|"Oh!" was all that came, and then two arms.]
  [{name} held on a moment longer. Then {he} let go.|For one more moment {name} held
  it close.|{name} swallowed, and held it out.]

end: "You have to hold it like this," {he} said, "and tell it good night." [That night
  the place|That night, the place] where it used to live was empty, and {name} [looked
  at it for a long time|missed it a little|lay awake a while]. But through the wall
  {he} heard {his} {small} telling somebody good night, and {he} thought: that is
  where {a thing} [belongs|should be].
? The {thing} had {mark}. = There was {mark} on the {thing}.
? {name} gave the {thing} to {his} {small}. = {name}'s {small} was given the {thing}.

plot: the wrong parcel
hero: child
mood: happy
@thing: brass telescope | concertina | model windmill | snow globe | box of
  butterflies made of silk (it) | striped hammock | music stand | crystal ball | brass
  bell | butterfly kite | barometer | puppet theatre | silver flute | chess clock
@place: on Lark Lane | on Station Street | at Number Nine, Mill Row | on Harbour Road
  | on Chapel Hill | on Bakery Row | on Quay Street | on Thimble Lane | on Orchard
  Road | on Tanner's Walk | on Church Street | on Lime Avenue
@helper: $neighbours
@ordered(ordered, use):
  - a pair of socks; warm feet
  - a frying pan; pancakes
  - a bag of bulbs; tulips
  - a tin of paint; a green fence
  - a ball of string; a longer kite line
opening: <One day> [the postman brought a parcel to {name}'s house|there was a parcel
  for {name}|a parcel came to {name}'s house|a parcel lay on {name}'s mat]. {name} had
  been waiting for it, for {he} had saved up and sent away for {ordered}. {He} [cut
  the string|tore off the paper|lifted the lid]. But inside, [packed in straw|wrapped
  in tissue|under a great deal of paper], lay {a thing}.
temptation: It was the [finest|loveliest|most interesting] thing {he} had ever held.
  [{He} could have kept it.|Nobody could have blamed {him} for keeping it.|{He}
  thought of a place where it would fit.] [No one would know.|The postman was long
  gone.] [Then {he} turned the paper over, and there was a name:|But on the lid stood
  a name:|Then {he} saw the name on the label:] {helper}, {place}.
journey: It was a [long|steep|windy] way, and the parcel grew heavier [at every
  corner|with every step]. [Twice {name} asked the way|Once {he} took a wrong
  turning], but <at last> {he} [knocked|rang the bell].
surprise: [{Helper} opened, and {helper.his} face lit up.|Out came {helper}, and
  stared.|It was {helper} who opened.] "My {thing}!" {helper.he} cried. "[I was sure
  it was lost.|I had given it up.|I had almost stopped hoping.] And what, I wonder, is
  this?" From behind the door {helper.he} brought out a parcel with {ordered} in it,
  addressed to {name}.

end: They [laughed till they had to sit down|had tea and <treat>|sat on the step and
  laughed], the two who had been sent each other's things. Since then {name} has had
  {ordered}, and so {ordered.use}; and every [Saturday|Sunday] {he} goes to {helper}'s
  house {place.at}, where {he} may [try|play with|borrow] the {thing} as long as {he}
  likes.
? {name} had ordered {ordered}. = What {name} had sent away for was {ordered}.
? The {thing} belonged to {helper}. = {helper} was the one who owned the {thing}.
? {helper} lived {place.at}. = {helper}'s home was {place.at}.
"""
