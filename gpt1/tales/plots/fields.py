"""More plots about animals: guests, birthdays, bridges, bargains."""

SOURCE = """
plot: everybody forgot
hero: hedgehog | badger | rabbit | mole | duck | dormouse | guinea pig | goat
mood: happy
@thing: paper lantern | birthday crown | garland | tablecloth with daisies | lemon
  cake | brass gong | big drum | row of candles (it) | flower crown | rainbow flag |
  blackberry pie | tower of pancakes (it) | tin trumpet
@place: in the hollow | at the mill | behind the haystack | in the old boat | in the
  apple loft | under the big beech | in the greenhouse
@helper: squirrel (she) | toad (he) | pigeon (she) | lamb (he) | jackdaw (she) | water
  vole (he)
@excuse(excuse, real):
  - has to wash the stairs; stairs
  - has to see to a sore tooth; tooth
  - is expecting a visit from the moon; moon
  - is counting potatoes; potatoes
  - has promised to hold a ladder; ladder
opening: {name}, <an animal>, [woke up and remembered:|opened one eye and
  remembered:|sat up straight in bed:] it was {his} birthday! {He} [combed {his}
  ears|washed twice] and sat down by the door to [wait|be kissed|be sung to]. <Fine
  sky>
disappointment: [Nobody came.|The path stayed empty.] {name} went to the {helper}'s.
  "[Today|I'm afraid] I can't stop," said the {helper} through a crack in the door.
  "My [mother|brother|lodger|aunt|eldest] {excuse}." {He} went to the
  [ferret|pheasant|heron]. [Not at home.|The shutters were closed.] {He} went to the
  [shrew|ant|bat], who <laughed> and [ran off|put something behind {his} back].
sadness: ["They have forgotten,"|"Nobody remembered,"|"So it is a day like any
  other,"] [thought {name}|{name} thought]. "[It doesn't matter|I'm too old for
  birthdays]," {he} told a <creature>.
clue: <At last> {he} noticed [crumbs on the path|specks of flour|bits of ribbon on the
  brambles]. {He} followed them <country way>, until {place.at} somebody said: "Sssh!"

surprise: "Now!" [And there they all were|There they stood] {place.at}, with the
  {helper} in front, holding {a thing}. "[Many happy returns|Happy birthday]!" they
  [shouted|sang], in [four|three] different keys.
end: "[So nobody|Then nobody] {excuse}?" asked {name}, [when {he} could speak|when it
  was quiet again]. ["We had to say something,"|"It was all we could think of,"] [said
  the {helper}|the {helper} said], [blushing|very red]. "[Forget you? You?|How could
  we forget?]" {name} set the {thing} in the middle, and ate [three|four] pieces of
  everything, [and has never trusted a closed shutter since|and was so happy that {he}
  hiccupped].
? The {helper} held {a thing}. = {A thing} was held by the {helper}.
? The {helper} said that somebody {excuse}. = "My family {excuse}," was the gist of
  what the {helper} said.
? The party was {place.at}. = {Place.at}, there was a party.

plot: the house that was too small
hero: hare | beaver | badger | hamster | porcupine | groundhog
mood: happy
@thing: grand piano | trombone | rocking chair | snowplough | bathtub | sewing machine
  | weaving loom | cello | billiard table | ship's wheel | double bass | mangle |
  marble statue | church organ
@place: on the hill | at the wood's edge | by the brook | at the turn of the lane |
  under the elm | beside the railway | by the canal | behind the church | at the end
  of the pier | on the common | near the sawmill
@helper: $wise
@first: cow | pony | donkey | pig | llama
@second: flock of geese (it) | pair of goats (it) | sheep with twins | peacock |
  turkey
complaint: ["My house is too small,"|"There is no room in my house,"|"My house must
  have shrunk,"] said {name}, <an animal>, who lived {place.at}. "When I
  [sneeze|stretch], the [curtains fly|walls wobble]." And {he} went to {helper}, who
  [knew about such things|was clever], [and asked what to do|for advice|and
  complained].
advice: "[Hm|Let me think]," [said {helper}|{helper} said]. "Buy {a thing}, and put it
  [in the parlour|by the bed]." {name} did so. Now {he} had to [climb over|crawl
  under] the {thing} to reach {his} [bed|stove].
worse: "[It is worse|Now it is smaller]," {he} told {helper}. "[Good|Splendid]. Then
  take in {a first}," [said {helper}|{helper} said]. The {first} [ate the
  tablecloth|lay down across the door|wanted a window seat], [and {name} slept in|so
  {name} had to sleep in] the [sink|coal scuttle].
worse: ["I can't turn round!"|"There is no room to breathe!"|"I sleep standing up!"]
  {he} said. "[Nearly there|Almost right]," [said {helper}|{helper} said]. "Just {a
  second} still." [Somebody stood in the soup.|Somebody sat on the butter.|The lamp
  was eaten.] {name} spent the night [on the roof|up the chimney], and [thought of the
  old days|it rained|hardly slept].
cunning: "[Help|I give up]!" said {name} in the morning. "Well then," [said
  {helper}|{helper} said], "send off the {first} and the {second}, and sell the
  {thing}."

end: {name} did so before [breakfast|the kettle boiled]. Then {he} stood in {his}
  house {place.at}, quite still. How [quiet|wide] it was! {He} could [stretch both
  arms|turn a somersault]. "[It is the largest house I know|I could get lost in
  here]," {he} told {helper}. "And [to think|just imagine] that {a first}, {a second}
  and {a thing} all fitted in!"
? {helper} told {name} to take in {a first}. = "Take in {a first}," {helper} told
  {name}.
? {name} bought {a thing}. = {A thing} was bought by {name}.

plot: the guest in the storm
hero: mouse | wren | hen | rabbit | hedgehog | mole | lamb
mood: thankful
@thing: patched blanket | patchwork quilt | woollen shawl | sheepskin | travelling rug
  | goose-down cover | striped poncho
@place: at the edge of the moor | on the bare hill | beside the frozen lake | at the
  end of the valley | above the pass | on the windy headland | at the top of the lane
  | under the crags | beyond the last village
@helper: tramp with a pack (he) | tinker in a long coat (he) | old woman with a basket
  (she) | pedlar with one boot (he) | girl with a lantern (she)
@gift(gift, claim, wonder):
  - a crumb; Keep it in the bread bin; since that night there has always been bread in
    the bin
  - an ember; Put it in your stove; since that night the stove has never gone out
  - a thread; Sew on a button with it; since that night no coat there has ever worn
    through
  - a pea; Plant it by the door; since that night there are green peas by the door,
    even in snow
arrival: <One snowy day> there came a knock [at the smallest door|at the last door|at
  a low green door] {place.at}. "May I come in?" asked {a helper}. "[They would not
  have me at|They had no room for me at|Nobody opened at] the [castle|inn], nor at the
  [mill|manor|presbytery|tavern]."
kindness: {name}, <an animal>, who lived there, had [one bowl|one spoon], one bed and
  {a thing}. {He} looked at the guest, who was [blue|white] with cold. "[There is
  plenty|I have just eaten]," {he} said, and gave the guest the [soup|porridge], the
  bed, and the {thing} on top.
night: [In the night the wind|All night the wind] [howled|went round the house]. "Are
  you warm enough?" asked the guest [in the dark|out of the bed]. "[As warm as toast|I
  am never cold]," [said {name}|{name} said], and [shivered|tried to keep {his} teeth
  from chattering] as quietly as {he} could.
parting: [In the morning the {helper} folded up the {thing}.|At daybreak the {helper}
  folded the {thing}.|Morning came, and the {helper} folded up the {thing}.] ["I have
  nothing to pay you with,"|"I have nothing to give you,"|"I can leave you nothing,"]
  said the guest, "but {gift}. {gift.claim}." {name} did so.

end: It is [ten|twenty] years ago now. But {gift.wonder}. And the {thing} is as warm
  as if it lay in the sun. [Who was it?|And the guest?] [Nobody knows|People guess
  this and that]. {name} leaves a lamp in the window {place.at} when it snows, [in
  case anybody should ask again|to be on the safe side].
? The guest was a {helper}. = A {helper} was the guest.
? The guest left {gift}. = {Gift} was what the guest gave {name}.
? {name} lent the guest {a thing}. = The guest slept under {a thing} that was
  {name}'s.

plot: hide and seek
hero: piglet | kitten | puppy | duckling | lamb | calf | foal | gosling
mood: relieved
@thing: milk churn | laundry basket | hay cart | wheelbarrow | rain barrel | potato
  sack | picnic hamper | flour bin | grandfather's boot | bread oven | coil of rope
  (it) | empty beehive | feed trough | old suitcase
@place: in the orchard | behind the barn | in the stable yard | on the drying green |
  in the rose garden | by the chicken run | in the dairy yard | by the duck pond |
  behind the haystack | under the pear trees | in the walled garden
@helper: donkey (he) | old dog (he) | grey cat (she) | turkey (he) | cow (she)
@clue(clue, sound):
  - a snore; snores like a rusty gate
  - a hiccup; always gets hiccups after [plums|dinner]
  - a giggle; giggles when dreaming
  - a sneeze; sneezes at the smell of hay
contest: "[Eight, nine|Eighteen, nineteen|Ninety-eight, ninety-nine|Forty-eight,
  forty-nine], and I'm coming!" [The game was in full swing.|They were playing hide
  and seek.|It was the third round.] <Fine sky> {name}, <an animal>, was the best
  hider on the farm, and this time {he} had [outdone|surpassed] {himself}: {he} had
  climbed into {a thing} {place.at}, [pulled a cloth over {his} head|made {himself}
  small], and did not [breathe|stir].
search: They found the [chicks|pullets|tadpoles] at once, because they [would
  talk|could not stand still]. They found the [kid|billy goat|rooster] behind a
  [rake|broom]. But {name} they did not find, not [before dinner|by noon], nor [when
  the bell rang|at four o'clock].
worry: "[You have won|Come out, we give up]!" they called. No answer. Somebody began
  to [cry|sniff]. They looked into the [well|ditch].
plan: "Quiet, everyone," said the {helper}, who had brought up [six of {helper.his}
  own|half the farm]. "If you have looked [everywhere|with your eyes], then listen.
  {name}, as I happen to know, {clue.sound}."
silence: [They all held their|Everyone held their] [breath|beaks]. [A leaf fell.|A
  <creature> walked by.] And then, [quite near|no distance off], they heard {clue}.

end: It came out of the {thing}. [They lifted the cloth, and there lay|They bent over
  it, and there lay|And in it lay] {name}, curled up like a [bun|snail], [pink|warm]
  with sleep. {He} opened one eye. "[Have I won|Is it over]?" {he} asked. "[Ages
  ago|Since this morning]," [said the {helper}|the {helper} said], and [licked|kissed]
  {him} on the forehead, and everyone had to sit down for [joy|relief]. Since then
  there is one more rule {place.at}: [whoever hides must hum|no lying down].
? {name} hid in {a thing}. = {A thing} was {name}'s hiding place.
? {name} was found because of {clue}. = {Clue} led the others to {name}.
? It was the {helper} who told them to listen. = "Listen," was the advice of the
  {helper}.

plot: the bridge of everyone
hero: ant | beetle | ladybird | earwig | caterpillar | woodlouse
mood: proud
@thing: sugar lump | crumb of cheese | blackberry | grape | almond | raisin |
  gooseberry | sunflower seed | cake crumb | wild strawberry | pea | biscuit corner |
  cherry | chip of chocolate
@place: at the garden path | at the cart track | at the edge of the terrace | by the
  sundial | at the foot of the steps | outside the potting shed | beside the compost
  heap | by the watering cans | at the edge of the lawn | between the cold frames
@helper: spider (she) | mole (he) | bumblebee (she) | blackbird (he) | grasshopper
  (she)
@stuff(stuff, way, how):
  - reed; long but thin; rolled it to the edge, and forty feet held it steady
  - ribbon; light but limp; pulled it straight, and forty feet held the ends
  - ice-cream stick; strong but heavy; pushed it over, inch by inch
  - feather; wide but lively; sat down on it wherever the wind got under
wish: {name}, <an animal>, [had found {a thing}|had come upon {a thing}], and all {he}
  wanted was to bring it home for {his} [mother|eleven sisters|family].
obstacle: [But it had rained|There had been a storm], and {place.at} ran [a river|a
  torrent] as wide as a hand, and that is very wide for {a kind}. <Wet sky>
try: {name} tried to [swim|wade], and was [washed up|fished out] three stones further
  down. {He} tried to [jump|throw the {thing} across].
help: "[What's the matter|Trouble]?" asked a {helper}. {name} explained. ["I can't
  carry you,"|"You are too heavy for me,"|"I can't lift that,"] [said the {helper}|the
  {helper} said]. "But over there lies {a stuff}." It was {stuff.way}. So the {helper}
  called the snails, and the snails called the [millipedes|centipedes|slugs], and
  [soon|at last] there was a [crowd|queue] {place.at} as on a market day.
building: [One|Two], two, [heave|three]! They {stuff.how}. It [wobbled|swayed]. It
  [held|stayed].

end: {name} went across first, with the {thing} on {his} back and the {helper}
  [cheering|counting the steps|shouting advice]. [Everyone|The whole crowd] was
  invited to dinner on the other side. {A thing} is a great deal for {a kind}, but for
  [sixty|seventy] guests it comes to one [lick|nibble] each. "[Was it worth it|So
  little|Is that all]?" somebody asked. {name} looked back at the {stuff} across the
  water. "[We've got a bridge|Dinners pass]," {he} said. "[The bridge stays|That
  stays]."
? The bridge was made of {a stuff}. = {A stuff} was used for the bridge.
? {name} was carrying {a thing} home. = {A thing} was what {name} wanted to bring
  home.
? The water ran {place.at}. = {Place.at} there was water.

plot: the buried nuts
hero: squirrel | jay | chipmunk | dormouse
mood: thankful
@thing: walnut | hazelnut | chestnut | acorn | pine cone | pecan | beech nut | sweet
  chestnut | almond | peanut from the fair (it)
@place: in the old park | in the churchyard | on the golf course | in the vineyard |
  in the palace garden | round the bandstand | in the botanical garden | behind the
  school | in the vicarage garden | on the bowling green
@helper: tortoise (he) | worm (she) | mole (he) | toad (she) | hedgehog (he)
@mark(mark, fate, left):
  - a cloud shaped like a boot; The wind blew the boot away; underneath where the boot
    had hung
  - a patch of sunlight; The sun went on its way; where the light had lain like a rug
  - a sleeping cow; The cow got up and went home; where the grass is pressed flat like
    a cow
  - a red leaf; The leaf turned brown like all the others; two hops from the tree that
    dropped it
  - a parked bicycle; The bicycle was ridden off to a wedding; where a wheel has
    marked the gravel
plan: {name}, <an animal>, buried [a hundred|ninety] nuts {place.at}, and the best of
  all, {a thing} [as big as a fist|without one wormhole], {he} buried by {himself}.
  "[To find it again|So as not to forget]," {he} said, "I need a mark. I shall
  remember it by {mark}."
mistake: "[I wouldn't,|Are you sure?|Better not,]" said a {helper}. But {name} was
  already [gone|up a tree]. {mark.fate}.
hardship: [Winter came.|Then it was winter.|The cold came early.] <Snowy sky> {name}
  dug {place.at} till it looked like a [sponge|cheese|sieve]. {He} found [a key|a
  spoon|half a comb|an old shilling|a toy soldier] and [a bone that belonged to
  somebody|a very angry beetle|the end of a hosepipe].
confession: [In the end {he}|So {he}|One morning {he}] [knocked|scratched] at the
  {helper}'s. "I chose {mark}," {he} said, and hung {his} head. "[I know|I saw],"
  [said the {helper}|the {helper} said]. "That is why I looked where you stood. [I
  have time to look at a thing|I notice what stays]."
help: And the {helper} led {him}, [step by step|at {helper.his} own pace], to a spot
  {mark.left}.

end: There was the {thing}, [cold and whole|as good as new]. {name} split it
  [straight|exactly] down the middle, and the {helper} got the [bigger|better] half.
  In autumn {name} buried the next one [close|right] beside the {helper}'s front door.
  "[Clouds, cows and bicycles go off|Things come and go]," {he} said. "A good
  neighbour is a better mark than {mark}."
? {name} chose {mark} as a mark. = {Mark} was the mark that {name} chose.
? {name} buried {a thing}. = {A thing} was buried by {name}.
? The {helper} knew where to look. = The one who knew the place was the {helper}.

plot: the scarecrow's coat
hero: crow | rook | jackdaw | sparrow | starling
mood: happy
@thing: tweed jacket | sailor's coat | tailcoat | raincoat | velvet jacket | dressing
  gown | checked jacket | postman's jacket | fur coat | waistcoat | striped blazer |
  duffel coat | army coat
@place: in the barley field | in the cabbage patch | on the strawberry beds | among
  the beans | in the cherry orchard | in the pea field | in the vegetable garden | on
  the allotment | in the oat field | among the raspberry canes
@helper: scarecrow (he)
@bribe(bribe, trade):
  - to learn a song; whistle
  - to hear the news; tell him the news
  - to know what lies behind the hill; tell him of the land behind the hill
  - to be told a joke; tell him a joke
fear: [Nobody went near the scarecrow {place.at}.|The birds kept away from the
  scarecrow {place.at}.|Everyone was afraid of the scarecrow {place.at}.] He wore {a
  thing}, his arms were wide, and he [nodded|waved|shook] in the wind. <Windy sky>
approach: Only {name}, <an animal>, noticed that he never [took a step|blinked]. On
  [Monday|the first day] {he} came within [ten|twelve|fifteen] hops; on [Tuesday|the
  second], {he} sat down on his [hat|sleeve].
meeting: "Boo," [said the {helper}|the {helper} said], [without much hope|as was his
  duty]. "[Boo yourself|Good morning]," [said {name}|{name} said]. "Aren't you
  frightened?" he asked. "[A little|Only of your hat]. Aren't you [lonely|bored]?" "[I
  would give anything|All I want is|Oh, if I were allowed|How I long] {bribe}," the
  {helper} said [at last|softly|after a while].
bargain: [So they made a bargain.|It was a bargain.|They shook hands, or sleeves, on
  it.] Each [evening|morning] {name} was to {bribe.trade}, and in return {he} might
  eat [one row|what had fallen down], and not one [bean|berry|grain] more. {name} kept
  to it[, and so did the others|, even when nobody looked|, hungry or not].
danger: In [October|November] the farmer came. "The scarecrow is [worn out|good for
  nothing]," he said. But then he looked at his field. [Never had there been such a
  harvest|Hardly a stalk was missing|It had not grown so well in years].

end: "[Well, well|Strange]," said the farmer, "[keep at it|you may stay|you have done
  well]," and he gave the {helper} a new straw hat. [When winter came,|With the first
  frost|Before the snow] {name} moved into the left pocket of the {thing}, where it is
  [dry|warm], and a voice says each night: "Boo." "[Boo yourself|Good night]," says
  {name}. And never once has {he} forgotten to {bribe.trade}.
? The scarecrow wore {a thing}. = {A thing} was what the scarecrow wore.
? The scarecrow longed {bribe}. = What the scarecrow wanted was {bribe}.
? The scarecrow stood {place.at}. = {Place.at} stood a scarecrow.
"""
