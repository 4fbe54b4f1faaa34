"""The phrase book: turns of phrase that plots share, put in with <name>.

A phrase may hold others; <Name> begins a sentence.
"""

SOURCE = """
# when it begins
weekday: [Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday]
part: [morning|afternoon]
one day: [one|one quiet|one busy|early one|late one] <weekday> <part>
one fine day: [one [bright|mild|sunny|golden|warm] <weekday> <part>|[early|late] one
  <weekday> <part> under a [high|warm|bright|pale] sun|one [clear|blue|balmy|gentle]
  <part> in [April|May|June|July]]
one windy day: [one [gusty|blustery|breezy|windy] <weekday> <part>|one
  [wild|blowy|bracing] <part> in [March|April|October]]
one wet day: [one [drizzly|damp|rainy|dripping|grey] <weekday> <part>|one
  [soggy|puddly|wet|showery] <part> in [March|April|November]]
one snowy day: [one [white|frosty|icy|snowy|sparkling] <part> in
  [December|January|February]|one <weekday> <part> when [snow lay on every roof|every
  twig wore frost|the whole town was white]]
one autumn day: [one [misty|crisp|russet|golden|mellow] <part> in
  [September|October]|one <weekday> in autumn when the leaves were
  [falling|turning|coming down]]
one night: one [starry|moonlit|still|quiet|silver|velvety] [night|evening] in
  [spring|summer|early autumn]

# between one thing and the next
at last: [at last|in the end|after a while|by and by]
all at once: [all at once|suddenly|just then|at that very moment|then]
the next day: [the next morning|the next day|the day after|the following morning|first
  thing the next morning]
for days: [for three days|for a whole week|for days and days|day after day|for the
  rest of the week]

# how it is done
carefully: [carefully|slowly and carefully|gently|with great care|very gently]
thought: [thought for a [moment|minute|while]|stopped to think|thought hard|thought it
  over|scratched {his} [head|chin|nose] and thought]
laughed: [laughed|chuckled|laughed out loud|laughed and laughed|giggled]
hurried: [hurried|ran|raced|dashed|rushed|trotted]
looked: [looked|searched|hunted] [high and low|everywhere|here, there and
  everywhere|in every corner|all around]
treat: [warm bread and honey|hot soup|apple cake|buttered toast|plum tart|pancakes
  with jam|a slice of gingerbread|cheese and pears|oat biscuits|a bowl of
  raspberries|currant buns]

# weather
fine sky: [The sun was [out|up|shining|warm already]|The sky was as blue as [a jug|a
  cornflower|a duck egg|the sea on a map|new paint]], and [a
  [blackbird|thrush|skylark|robin|chaffinch|wren] was [singing|whistling|calling]
  [somewhere|from a chimney|overhead|in the hedge]|the
  [bees|swallows|dragonflies|butterflies] were [busy|out|everywhere]|the air smelled
  of [roses|lilac|clover|hay|mown grass|honeysuckle]].
wet sky: [Rain|Drizzle|Water] [ran|trickled|dripped] [down the gutters|off every
  leaf|from the roofs|along the lanes], and [the [ducks|snails|frogs|worms] [had the
  place to themselves|were delighted|thought it a holiday]|every puddle
  [winked|danced|had rings in it]|nobody was about but [a wet dog|one brave
  sparrow|the milkman|a man with a sack on his head]].
windy sky: [Hats|Leaves|Newspapers|Clouds] [flew|sailed|tumbled|rolled] [over the
  roofs|over the hedges|through the air], and [every [gate|shutter|sign|barn door]
  [banged|rattled|creaked|swung]|the trees [bowed like [dancers|sailors]|roared like
  [the sea|lions]|tossed like [wild horses|ships]]].
snowy sky: [Icicles hung from [the gutters|every pump|the signposts]|The snow squeaked
  [underfoot|like new shoes]|The pond was frozen [hard|right across]], and [the smoke
  [stood straight up|rose blue] from the chimneys|breath hung in the air like
  [smoke|little clouds|feathers]|the birds sat [round as balls|fluffed up and
  silent]].
autumn sky: [Spiders' webs hung [on the gates|between the twigs]|Smoke drifted from
  the [gardens|bonfires]|Geese went over in [a long line|a great arrow]], and
  [acorns|chestnuts|apples|beech nuts|yellow leaves] [dropped|came down|fell] [one by
  one|with a tap|without a sound|all day long].
night sky: [The moon was [thin|round|half full] and [yellow|white|very bright]|There
  were [a thousand stars overhead|more stars than anyone could count]], and [an owl
  [hooted|called]|a fox barked|a train went by|the church clock struck] [far
  away|once, and was silent|somewhere in the dark].

# ways
town way: past the [fish stall|shoemaker's|bicycle
  shop|fountain|chemist's|laundry|fire station|barber's] and [over the bridge|up the
  steps|round the corner|under the arch|along the railings|through the alley|down the
  hill|across the square]
country way: past [the duck pond|a field of barley|the blue barn|two sleepy cows|a
  scarecrow|the beehives|an old cart|a row of poplars] and [over the stile|through the
  gap in the hedge|down the chalk path|across the plank bridge|round the hayrick|along
  the ditch]
forest way: past [the hollow oak|a ring of toadstools|the fallen pine|a thicket of
  holly|the anthill|a bank of moss|the woodpecker's tree|a patch of brambles] and
  [under the ferns|over the roots|along the deer path|through the bracken|round the
  big stone|across the trickle of a stream]

# people
a child: a [small|tall|cheerful|dreamy|quiet|lively|thoughtful|quick] {kind} with
  [curly hair|a gap in {his} teeth|odd socks|scraped knees|a loud laugh|round
  glasses|ink on {his} fingers|a great many questions|a whistle like a
  blackbird's|pockets full of stones]
an animal: a [small|plump|brisk|shy|cheerful|young|sleepy|busy] {kind} with [bright
  eyes|a good nose|very neat paws|one white ear|a loud sneeze|a kind heart|a large
  appetite|quick feet|a crooked tail|a voice like a flute]
creature: [snail|beetle|spider|sparrow|frog|ladybird|cricket|lizard|caterpillar|moth]

# how it ends
sleepy end: [That night {name} [slept|dreamed] [very well|soundly|sweetly|till
  late]|At bedtime {name} was still [smiling|humming|talking about it]|{name} fell
  asleep that night [with a smile|before {his} head touched the pillow|in the middle
  of a yawn]|And {name} went to bed [happy|glad|content], with the [window open|moon
  looking in|stars outside|curtains stirring|cat on {his} feet]]
"""


def read_phrases(source: str) -> dict[str, str]:
    """The phrases by name, from lines "name: text"; indented lines go on."""
    phrases, name = {}, ""
    for line in source.split("\n"):
        if line.startswith("  "):
            phrases[name] += " " + line.strip()
        elif line and not line.startswith("#"):
            name, phrases[name] = line.split(": ", 1)
    return phrases


PHRASES = read_phrases(SOURCE)
