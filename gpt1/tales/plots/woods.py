"""Plots about animals in woods, fields and ponds."""

SOURCE = """
plot: the moon in the pond
hero: mouse | vole | shrew | dormouse
mood: wistful
@thing: thimble | walnut shell | acorn cup | buttercup | tin cup | egg cup | jam jar |
  teaspoon | bluebell | half a coconut | salad bowl
@place: by the mill pond | by the round pool | by the castle moat | by the village
  pond | by the quarry lake | by the lily pool | by the farm pond | by the still canal
  | by the reservoir | by the duck pond
@helper: $wise
@reason(reason, gift):
  - to see what {he} was eating; {his} supper
  - to keep the dark away; {his} dark doorstep
  - to read the names on the jam jars; {his} pantry
  - to show {his} mother, who was too old to go out; {his} mother's face
night: {Place.at} lived {name}, <an animal>. <One night> [{he} looked into the
  water|{he} went down to drink|{he} leaned over the water], and there, [bright as
  butter|near enough to touch|round as a cheese], lay the moon. <Night sky>
wish: ["If I had that at home,"|"If that were mine,"] [thought {name}|{name} thought].
  It would be just the thing {reason}.
try: So {he} [fetched|ran for] {a thing}, leaned out [from a lily leaf|over the
  edge|from a willow root] and dipped it in. [Splash!|Plip!] But the moon [broke into
  a hundred pieces|ran away in ripples|shook and slid aside]. {He} tried again, and [a
  third time|again after that|once more]. The {thing} [came up full of|brought up]
  [nothing but water|one cross tadpole|duckweed].
meeting: "What are you fishing for?" asked {helper}, who had been [watching|standing
  near]. [When {name} told, {helper} did not laugh.|{name} told it all. Nobody
  laughed.|{name} explained, very red.] "The moon does not belong to [anyone who takes
  it|any pond]," said {helper.he}. "But fill your {thing}, carry it home as it is, and
  set it [outside the door|where the sky can see it]."

end: {name} carried it <carefully>, [and spilled only|and lost no more than] [a
  drop|two drops|a little]. And when {he} had set it down, a moon no bigger than a
  [pea|daisy|lentil] was floating in it, and it shone on {reason.gift}. [By morning it
  was gone.|In the morning there was only water.|At sunrise it went out.] {name} was a
  little sad, and yet not very: {he} knew now how to [ask it in|invite it], and that
  it [comes when it can|cannot stay].
? {name} wanted the moon {reason}. = {name} wished to have the moon {reason}.
? {name} dipped {a thing} in the water. = {A thing} was what {name} fished for the
  moon with.
? {name} saw the moon {place.at}. = {Place.at}, {name} saw the moon.

plot: the winter store
hero: squirrel | hamster | dormouse | chipmunk
mood: thankful
@thing: sack of hazelnuts (it) | barrel of beechnuts (it) | heap of acorns (it) |
  basket of chestnuts (it) | bag of sunflower seeds (it) | crate of apples (it) | jar
  of rowan berries (it) | bushel of pine nuts (it)
@place: in the beech wood | in the orchard | on the heath | in Farmer Lund's hedge
@helper: hedgehog (she) | field mouse (he) | rabbit (she) | mole (he) | jay (she)
@joy(joy, tune):
  - playing the fiddle; a slow tune for the snow and a quick one for the fire
  - telling stories; one story for each night until the thaw
  - carving little animals; a whole wooden meadow, with wooden cows
  - juggling; five snowballs, and then six
autumn: <One autumn day> [everybody {place.at} was gathering|there was gathering and
  storing {place.at}|all paws were busy {place.at}]. <Autumn sky> Only {name}, <an
  animal>, sat [on a stump|in the sun|on a gatepost] {joy}.
warning: "Winter [is coming|bites]," said a {helper}, who was [dragging|rolling home]
  {a thing}. "Won't you gather too?" "[Tomorrow|After this one|When I have finished],"
  [said {name}|{name} said]. But [tomorrow came with another tomorrow behind it|one
  thing led to another|the days were so mild], and then came the snow.
hardship: [{name}'s larder was|{name}'s cupboard was] as [empty|bare] as a drum. {He}
  looked in, and [a draught looked out|there was only a <creature>]. So {he} put on
  {his} [muffler|coat] and knocked at the {helper}'s door, {his} ears [hanging|red]
  with shame.
mercy: The {helper} might have said, "[I told you so.|Whose fault is that?]" [But
  {helper.he} only opened the door wider.|Instead {helper.he} opened the door.|But
  {helper.he} took one look and stood aside.] "I have {a thing}," {helper.he} said,
  "and it is very [quiet|dull] here with nobody to [talk to|share it]. Come in."

end: All winter long {name} thanked the {helper} by {joy}: {joy.tune}. They ate from
  the {thing} [turn and turn about|each evening], and never was there a
  [shorter|merrier] winter. [And when the next autumn came, the first to be seen|When
  leaves fell again, the first whom anyone saw|And who was the first, next autumn,]
  gathering {place.at}, with [two sacks|a cart|leaves in {his} hair], was {name}. {He}
  was gathering for two.
? {name} spent the autumn {joy}. = While others gathered, {name} was {joy}.
? The {helper} shared {a thing} with {name}. = {A thing} was shared by the {helper}.

plot: the soup of all
hero: mole | badger | hedgehog | beaver | otter
mood: happy
@thing: iron pot | copper kettle | stone bowl | tin bucket | stew pot | zinc tub |
  clay crock | soldier's helmet | coal bucket | fish kettle
@place: at the crossroads | under the old bridge | in the clearing | by the windmill
@first: carrot | turnip | leek from the allotment (it) | cabbage | parsnip | potato |
  beetroot | swede | stick of celery (it) | marrow
@second: handful of peas (it) | sprig of thyme (it) | clove of garlic (it) | cob of
  sweetcorn (it) | bunch of parsley (it) | bay leaf | wild onion | handful of barley
  (it) | mushroom as big as a plate
@third: pinch of salt (it) | lump of butter (it) | spoonful of cream (it) | crust of
  rye bread (it) | drop of vinegar (it) | slice of cheese (it) | peppercorn | spoonful
  of honey (it)
arrival: <One wet day> {name}, <an animal>, came home [from a journey|from the
  sea|after a long year away] with {a thing} on {his} back. <Wet sky> [{He} lit a
  fire|{He} made a fire] {place.at}, filled the {thing} with rain and sat down to
  [stir|wait].
visit: ["What are you cooking?"|"What's in there?"|"What will that be?"] asked a hare.
  "Soup," [said {name}|{name} said]. "It wants only {a first}." [The hare happened to
  have one|The hare had one at home|By chance the hare had one], and it went
  [plop|splash] into the {thing}.
visit: Then [a goose came by|a goose put her head in|along waddled a goose]. "It
  smells [interesting|like the start of something]," said the goose. "What does it
  want?" "Only {a second}," [said {name}|{name} said], and the goose [ran|flapped]
  home to get it.
visit: [The third was an old ram|The last was an old ram] who never [shared|spoke to]
  anything. He sniffed[ twice| long and hard|, and sniffed again]. "What it wants,"
  the ram said [crossly|gruffly], "is {a third}," and he had brought it along.

end: When the soup was done, it was the [best|thickest|finest] that anyone had tasted.
  [They all sat down {place.at}|There they sat {place.at}] round the {thing}: the hare
  who had brought {a first}, the goose with {a second}, and the ram, who had [two
  helpings|a third bowl] and [told a joke|hummed]. ["And which part was yours?"|"But
  what did you put in?"|"And you, what did you bring?"] he asked. "[The asking|The
  rain|Mine was the question]," [said {name}|{name} said], and even the ram <laughed>.
? The hare brought {a first}. = It was {a first} that the hare gave.
? The ram brought {a third}. = It was {a third} that the ram gave.
? {name} cooked the soup in {a thing}. = The soup was cooked in {a thing}.

plot: the hat in the tree
hero: bear cub | badger | raccoon | otter | fox cub
mood: happy
@thing: straw hat | felt hat | woolly cap | sun bonnet | top hat | bowler hat |
  fishing hat | silk bonnet | chef's hat | sailor's cap | beret
@place: on the heath | on the cliff path | by the willow stream | on Barrow Hill | on
  the sea wall | at the viaduct | in the deer park | on the downs | by the signal box
@helper: wren (she) | robin (he) | goldfinch (she) | nuthatch (he) | blue tit (she)
@want(use, instead):
  - to look grown-up; a daisy behind {his} ear, like a lord
  - to keep the sun off; a rhubarb leaf, which was cooler anyway
  - to go calling on {his} aunt; a very well brushed head
pride: {name}, <an animal>, had a new {thing}, and {he} [wore|needed] it {want}. {He}
  wore it [at breakfast|in the bath|to chop wood|even in bed].
loss: <One windy day>, {place.at}, [a gust|the wind] [lifted|snatched|whisked] it off
  {his} head. [Up it went|Off it sailed|Away it spun], over [the hawthorns|the
  gorse|three fields], and away. <Windy sky>
search: {name} <looked>. [Three days|A week|Four days] later {he} saw it [at
  last|after all]: high in an elder bush, upside down, and in it, upon [moss|a bed of
  feathers|soft grass], sat a {helper}.
quarrel: ["That is my {thing},"|"Excuse me, that is mine,"|"You are sitting in my
  {thing},"] [said {name}|{name} said]. ["Oh dear,"|"Yours?"|"I was afraid of that,"]
  [said the {helper}|the {helper} said]. "I found it, and it was [empty|the right
  size], and now there are [four|five|three] eggs in it." They were [blue as the
  sky|speckled|no bigger than hazelnuts].
patience: {name} <thought>. [Eggs cannot wait, and a hat can|A hat can wait|A hat is
  only a hat]. "Keep it [till they fly|for now]," {he} said. And <for days> {he} came
  by with [crumbs|seeds|news] and held a leaf over the nest when it rained.

end: In [June|July] [the last young one flew|the nest was empty]. "[Here is your|You
  may have back your] {thing}," [said the {helper}|the {helper} said]. But it had
  grown such a [mossy|feathery|homely] look that {name} hung it back in the bush for
  next year. {Want}, {he} now had {want.instead}. <Sleepy end>.
? A {helper} nested in {name}'s {thing}. = {name}'s {thing} became the home of a
  {helper}.
? {name} had the {thing} {want}. = The {thing} was there {want}.

plot: the day the owl got up
hero: squirrel | lark | rabbit | duckling
mood: happy
@thing: lantern | alarm clock | silver monocle | silver bell | pocket torch | whistle
  on a string | night cap | jar of fireflies (it) | ball of white wool (it) | walking
  stick
@place: in the great oak | in the old barn | in the ruined tower | in the tall fir
  tree | in the bell tower | in the hollow elm | in the windmill | in the cedar | in
  the mill loft
@helper: barn owl (she) | tawny owl (he) | little owl (she) | bat (he)
@odd(odd, lesson):
  - The daisies were shut; the flowers have to rest for all that standing about
  - The shops were closed; somebody has to guard the cheese
  - The puddles were black; a puddle needs dark to catch a star in
complaint: ["You have the best of it,"|"I envy you,"|"Yours is the better half of the
  day,"] said {name}, <an animal>, to the {helper} who lived {place.at}. "You have
  [stars|the moon] and nobody to [bother you|tell you to wash|make a noise]." "And you
  have [sunshine|butterflies] and company," said the {helper}, yawning. "Shall we
  change?"
swap: [So they changed.|It was agreed.|And so it was done.] {name} gave the {helper} a
  [sun hat|list of things to do], and the {helper} gave {name} {a thing}, for [finding
  the way|safety|use in the dark].
trouble: [That night {name} went out.|{name} set out at dusk.|So that night {name} sat
  up.] <Night sky> {odd.odd}. [Nobody was at home|There was nobody to talk to|Every
  shutter was closed], and every [bush|post] looked like [somebody|a stranger]. {He}
  held on to the {thing} [and yawned|with both paws|and counted to a thousand].
mirror: [By day it was no better with|Meanwhile, the day was no kinder to|Nor did the
  day suit] the {helper}. The sun [stung|tickled] {helper.his} eyes, {helper.he}
  bumped into [a washing line|the weathercock|two pigeons] and fell asleep at
  [somebody's christening|a football match|the baker's].

return: At dawn they met {place.at}, both with [shadows under their eyes|their eyes
  half shut]. "The night is [bigger|longer] than it looks," [said {name}|{name} said].
  "The day is [louder|brighter]," [said the {helper}|the {helper} said].
end: {name} gave the {thing} back. "[But I did learn one thing|I learned something,
  though|One thing I know now]," {he} said. "{Odd.lesson}." Since then they have said
  good night [at sunrise and at sunset|twice a day], and neither would [change|swap]
  for [all the cheese in the world|a pound|a feather bed].
? {name} changed places with a {helper}. = A {helper} took {name}'s place for a while.
? {name} carried {a thing} at night. = {name} went through the night with {a thing}.
? The {helper} lived {place.at}. = {Place.at} was the {helper}'s home.

plot: the sleeping bear
hero: mouse | fieldmouse | shrew | hedgehog
mood: relieved
@thing: bell | tambourine | tin drum | music box | rattle | trumpet | cymbal | gong |
  banjo | triangle | string of cowbells (it)
@place: through the bear's cave | through the bramble tunnel | through the hollow hill
@helper: snail (he) | dragonfly (she) | woodlouse (he) | glow-worm (she)
@wrap(wrap, where):
  - moss; moss by the spring
  - sheep's wool; wool on the barbed fence
  - thistledown; thistledown on the bank
  - lamb's-ear leaves; leaves of lamb's ear by the gate
errand: {name}, <an animal>, [was to bring {a thing} to|had to take {a thing} to|had
  promised to bring {a thing} to] [the party|the wedding|the midsummer dance] on the
  other side of the hill. Without it [there would be no music|the dance could not
  begin|nobody would know when to start].
obstacle: But the only way went {place.at}, and there lay a bear, [the biggest in the
  forest|as big as a haystack], [fast asleep. "Who|sleeping. "Who] wakes him[| by
  mistake]," said a {helper} on a stone, "[had better be quick|will have to explain
  it]."
try: {name} took one step. [Ting|Clink], went the {thing}, and the bear [turned
  over|grunted|opened half an eye]. {He} took the step back again.
cunning: {name} <thought>. "What is softer than [silence|snow]?" {he} asked. The
  {helper} [waved a feeler|looked about]. "I passed {wrap.where}," {helper.he} said,
  "[not an hour ago|only this morning]."
journey: So they wrapped the {thing} in {wrap}, [round and round|twice round], until
  it was as dumb as a [dumpling|pillow]. [Step by step they crept|On tiptoe they
  went|Without a word they crept] past [the bear's toes|a paw], past [the bear's
  ears|a furry back], past [a wet black nose|one long snore].

end: On the far side {name} took off the {wrap}, and [ting|clang], the {thing} rang
  out so [bright|merrily] that [all the rabbits jumped|the dancers cheered]. They
  danced till [the moon went down|dawn]. [Towards the end|Just before the end|At the
  last dance] a large shape came out of the hill and sat down [quite shyly|at the
  edge]. It was the bear. "I dreamed of music," he said. "[May I|Is there room to]
  dance?" And he danced [very well|on tiptoe], with the {helper} on his head.
? {name} wrapped the {thing} in {wrap}. = The {thing} was wrapped up in {wrap}.
? The way went {place.at}. = {name} had to go {place.at}.

plot: the small voice in the choir
hero: frog | mouse | newt | wren | cricket
mood: proud
@thing: reed flute | fir-cone drum | grass whistle | harebell | tuning fork | seed
  rattle | snail-shell horn | conductor's baton | nutshell castanet | blade of grass
@place: at the lily pond | in the reed bed | in the water meadow | at the spring | at
  the boating lake | in the fen | at the mill race | by the salt marsh | at the quiet
  canal
@helper: the grey goose (she) | the bullfrog (he) | the swan (she) | the bittern (he)
@song(song, message):
  - about the rain; Come home, come home, the rain is here
  - about the moon; Round she rolls and never falls
  - about the sea; All small waters find the way
  - about the harvest; Leave a little for the mice
wish: Every [summer|spring] there was singing {place.at}, and {name}, <an animal>,
  [longed|wanted with all {his} heart] to be in the choir. But {his} voice was thin as
  a thread.
refusal: "Louder, louder," said {helper}, who led it. "I cannot hear you over the
  [ducks|coots]. Perhaps you would like to hold {a thing}?" So {name} held the {thing}
  and only moved {his} lips. At home, though, <for days>, {he} practised the song
  {song}, [so softly that|so quietly that] [only a <creature> listened|the grass went
  on sleeping].
danger: <One night> [a fog came|a fog rolled in], as thick as [milk|porridge]. Two
  [ducklings|cygnets|young moorhens] [had not come home|were still out on the
  water|were missing]. Everyone called at once, as loudly as they could, and [the
  noise went all ways|nobody could tell where it came from].
help: "Hush!" said {name}. "All of you, hush." And {he} sang, alone, one thin
  [clear|straight] line of a song: "{song.message}." [A thread can be followed.|One
  voice can be followed.|It was small, but it was clear.]

end: [Soon|By and by] there was a paddling in the fog, nearer and nearer, until two
  little ones [bumped into the bank|came out of the white], following the song {song}.
  At the next concert {place.at} somebody else held the {thing}. {name} stood in
  front, and before {he} began, {helper} turned to the [ducks|coots|others] and said:
  "[Softer|Quieter], please. I want to hear {name}."
? {name} sang the song {song}. = The song {song} was sung by {name}.
? They gave {name} {a thing} to hold. = {name} was told to hold {a thing}.

plot: the house on the hill in the flood
hero: rabbit | hare | marmot | badger
mood: thankful
@thing: wooden tub | old door | soup tureen | wheelbarrow | cradle | bathtub |
  kneading trough | rain barrel | chest of drawers | picnic table | washtub
@place: in the marsh | in the valley | at the river bend | in the low meadow
@helper: water rat (he) | otter (she) | beaver (he) | moorhen (she)
@saved(saved, use):
  - a box of matches; light the stove
  - a sack of flour; bake flat cakes
  - a bundle of blankets; tuck in the little ones
  - a pack of cards; play until the fear went away
opening: {name}, <an animal>, [had the smallest house on the hill|lived in a small
  house on the hill], and below, {place.at}, the others [lived in fine large ones|had
  verandas and cellars]. "Nobody ever climbs up to see me," {name} used to say.
storm: <One wet day> it rained, the next day it rained harder, and on the third the
  river [stood up|came over its banks] and [walked into every house|came in at every
  door] {place.at}. <Wet sky>
rescue: [{name} looked down.|{name} saw it from above.] {He} dragged {a thing} to the
  water's edge. "Can you steer?" {he} called to {a helper} who [was swimming by|had
  climbed a post]. "I can steer anything," {helper.he} said, "[even that|as long as it
  floats]." To and fro they went in the {thing}, and each time brought [somebody
  wet|somebody frightened|one more neighbour]: [the hens|the geese|the goat], [the
  vole family|the old tortoise|the partridges], [three frightened ducks|a mole with a
  suitcase|a deaf old partridge].
crowd: Soon the small house was full to the [rafters|brim]. There was one [chair|bed]
  for fourteen. But somebody had saved {saved}, and with it they could {saved.use}.

end: When the sun came back, [nobody wanted to go first|nobody was in a hurry to
  leave|everyone found a reason to stay]. "How much room there is in a small house,"
  [said the {helper}|the {helper} said]. They all came back in summer to build {name}
  [a second room|a porch|a bench for visitors], and the {thing}, filled with
  [geraniums|marigolds], stands [outside|at the gate].
? The animals were brought to safety in {a thing}. = {A thing} was used to bring the
  animals to safety.
? Somebody had saved {saved}. = {Saved} had been saved from the water.
? The flood came {place.at}. = {Place.at} there was a flood.

plot: the fox and the riddle
hero: hen | duck | goose | guinea fowl
mood: proud
@thing: letter | basket of eggs (it) | loaf | jar of honey (it) | plum pudding | bunch
  of primroses (it) | birthday card | bottle of elderflower cordial (it) | round
  cheese | knitted shawl
@place: at the forest gate | at the narrow bridge | at the gap in the wall | at the
  ford | at the turnstile | at the bend in the road | at the hollow tree | at the
  milestone | at the plank bridge
@helper: fox (he) | stoat (she) | wolf (he) | weasel (she)
@riddle(riddle, answer, origin):
  - What gets wetter the more it dries; a towel; the women at the wash house
  - What has teeth and never bites; a comb; the comb seller at the market
  - What runs all day and never gets tired; a river; the ferryman
  - What has a neck and no head; a bottle; the milkmaid at the dairy
  - What goes up when the rain comes down; an umbrella; a goat at the bus stop
lesson: {name}, <an animal>, liked [riddles|asking] better than corn. Whenever {he}
  went out, {he} picked one up, the newest from {riddle.origin}.
journey: <One fine day> {he} had to bring {a thing} to {his}
  [sister|godmother|grandmother], <country way>.
danger: {Place.at} sat a {helper} with a napkin round {helper.his} neck. "[What a
  pleasant surprise|You are just in time for dinner]," [said the {helper}|the {helper}
  said]. "[Will you stay?|Do sit down.]"
cunning: [{name}'s knees shook, but {his} voice did not.|{name} was frightened, and
  did not show it.|{name} swallowed once.] "With pleasure," {he} said. ["First a
  riddle, though, as is the custom.|"But first, as is polite, a riddle.|"Only, before
  dinner there is always a riddle.] If you know it, I stay. {riddle}?"
trial: The {helper} [was proud of {helper.his} brain|thought {helper.himself} very
  clever|loved to be clever]. {Helper.he} thought of a [cloud|boot], and {helper.he}
  thought of a [wheel|bishop]. {Helper.he} lay down on {helper.his} back to think.
  Meanwhile {name} had [tiptoed past|gone by], and the {thing} was [delivered|in the
  right hands] before the sun went down.

end: On the way home the {helper} was still there, looking [thin|pale]. ["I give
  up,"|"I can't bear it,"|"It's too hard,"] {helper.he} said. "Only tell me." "It is
  {riddle.answer}," said {name} from the top of the wall. "Oh!" said the {helper}, and
  {helper.he} <laughed> [so hard that {helper.he} forgot to be hungry|until
  {helper.his} hunger was gone|and quite forgot dinner]. "Have you got another?" And
  now, every [Friday|Tuesday], there is a riddle {place.at}, and nobody gets eaten at
  all.
? The answer to the riddle was {riddle.answer}. = {Riddle.answer} was the answer to
  the riddle.
? {name} met a {helper} {place.at}. = {Place.at}, a {helper} was waiting for {name}.
? {name} was carrying {a thing}. = {A thing} was what {name} had with {him}.

plot: the thorn
hero: mouse | sparrow | hedgehog | rabbit
mood: thankful
@thing: net | wire cage | tangle of fishing line (it) | deep pit | rope snare |
  thicket of wire | muddy ditch | heap of old netting | broken fence
@place: on the plain | in the pine forest | at the edge of the reeds | in the stony
  valley | in the cedar wood | in the gorge | on the steppe | at the foot of the
  mountains | beyond the dunes
@helper: lion (he) | stag (he) | bear (she) | wild horse (she) | wolf (she)
@gift(size, skill):
  - no heavier than a letter; {name} had [sharp little teeth|teeth like needles]
  - the size of an egg; {name} knew a [rhyme|word] that calls every mouse and mole
  - no taller than a toadstool; {name} could [dig|scrape] faster than anyone
kindness: A {helper} {place.at} [had a thorn in one foot|had trodden on a thorn|had a
  long thorn in one foot], and it hurt so much that {helper.he} [roared|groaned] all
  [day|night]. [Everybody hid.|Nobody dared to go near.|All the others ran.] Only
  {name}, who was {gift}, crept nearer. "[Hold still|Look the other way]," {he} said,
  and {he} pulled[, and pulled,|] until the thorn came out.
promise: "If ever you need me, call," [said the {helper}|the {helper} said]. "[And the
  same to you|You may call me, too]," [said {name}|{name} said]. [At this the {helper}
  smiled a little, for|The {helper} tried not to smile, for|That was kindly meant,
  but] what can {a kind} do for {a helper}?
time: [Spring went by|The grass grew tall], and for a long while they did not meet.
danger: <One autumn day> {name} heard a [strange|sad] sound. The {helper} was caught
  in {a thing}, and [the more {helper.he} struggled, the worse it held|could neither
  go forward nor back].

rescue: "You called," [said {name}|{name} said]. "I only sighed," [said the
  {helper}|the {helper} said]. ["What could you do?"|"You are too small."|"Go home,
  little one."] But {gift.skill}, and all night long there was a
  [nibbling|scratching|rustling] in the dark.
end: When the sun rose, [there was a hole in the {thing}, quite large enough|there was
  a way out of the {thing}|the {thing} held nobody any more]. [They walked home
  together|They went home side by side] <forest way>, the {helper} and the {kind},
  [and the {helper} took very small steps|and one of them took very small steps|at the
  pace of the smaller one]. "[I smiled at you once|I thought you were small],"
  {helper.he} said. "I know," [said {name}|{name} said]. "[It does not matter now|I
  am]."
? The {helper} was caught in {a thing}. = {A thing} held the {helper} fast.
? {name} pulled a thorn from the foot of a {helper}. = A {helper} had a thorn, and
  {name} pulled it out.
"""
