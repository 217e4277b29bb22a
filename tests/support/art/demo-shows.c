#include "config.h"

#include "demo-title.h"

#include <string.h>

static const DemoShow shows[] = {
  { .title = { .id = "northlight",
               .title = "Northlight",
               .year = 2023,
               .scene = DEMO_AURORA,
               .palette = DEMO_TEAL,
               .face = DEMO_DIDOT,
               .lettering = "Northlight",
               .place = DEMO_AT_TOP,
               .size = 86,
               .colour = 0xeafff6,
               .spacing = 0.02,
               .genres = "Drama|Mystery",
               .content_rating = "TV-14",
               .rating = 8.5,
               .minutes = 48,
               .tagline = "The lamps are talking to each other",
               .overview = "On the island of Skerra the sun sets in November and does not come "
                           "back till February. Constable Ada Brandt has one winter to find out "
                           "who was in the lighthouse when it went dark." },
    .episodes = { 8, 8, 6 },
    .names = "Polar Night|The Keeper|A Lamp for Skerra|Black Ice|The Drowned Bell|What Fergus "
             "Saw|False Dawn|First Light|Southing|Northing|The Long Wire|Salt in the Oil|Harbour "
             "Master|Two Signals|The Other Island|Undertow|The Thaw|Old Charts|Hulda’s Boat|Nine "
             "Fathoms|The Relief|Midsummer",
    .leads = { "Ada", "Fergus", "Hulda" },
    .scenes = { DEMO_AURORA, DEMO_SEA, DEMO_MOUNTAINS, DEMO_FOREST, DEMO_LAMP, DEMO_TREE },
    .palettes = { DEMO_TEAL, DEMO_ICE, DEMO_NOIR, DEMO_BLUE, DEMO_MOSS, DEMO_NIGHT } },
  { .title = { .id = "understudies",
               .title = "The Understudies",
               .year = 2024,
               .scene = DEMO_CURTAIN,
               .palette = DEMO_RUST,
               .face = DEMO_LOBSTER,
               .lettering = "The\nUnderstudies",
               .place = DEMO_AT_TOP,
               .size = 80,
               .colour = 0xffe2b5,
               .spacing = 0,
               .genres = "Comedy|Drama",
               .content_rating = "TV-PG",
               .rating = 8.0,
               .minutes = 31,
               .tagline = "Break both legs",
               .overview = "Nobody has ever seen them act. For the five understudies of the "
                           "Alhambra every night is a success, as long as nothing happens." },
    .episodes = { 8, 7 },
    .names =
        "Places, Please|The Wrong Hamlet|Prompt|Half an Hour Call|The Ghost Light|Matinée|House "
        "Lights|Curtain|Notes|The Revival|A Bad Review|Trapdoor|Tour|Dress Rehearsal|Encore",
    .leads = { "Beatrix", "Omar", "Lou" },
    .scenes = { DEMO_CURTAIN, DEMO_WINDOWS, DEMO_LAMP, DEMO_CITY, DEMO_KEYHOLE, DEMO_CURTAIN },
    .palettes = { DEMO_RUST, DEMO_PLUM, DEMO_NOIR, DEMO_DUSK, DEMO_AMBER, DEMO_VIOLET } },
  { .title = { .id = "harrow-finch",
               .title = "Harrow & Finch",
               .year = 2022,
               .scene = DEMO_WINDOWS,
               .palette = DEMO_DUSK,
               .face = DEMO_DIDOT,
               .lettering = "Harrow\n& Finch",
               .place = DEMO_AT_DARK_FOOT,
               .size = 86,
               .colour = 0xffd9b0,
               .spacing = 0,
               .genres = "Crime|Comedy",
               .content_rating = "TV-14",
               .rating = 7.8,
               .minutes = 59,
               .tagline = "They read other people’s letters",
               .overview = "A disgraced postmaster and a retired pickpocket open the first "
                           "detective agency of Milford Row, above a bakery, without a licence." },
    .episodes = { 6, 6, 6 },
    .names = "Return to Sender|A Light Hand|The Baker’s Dozen|Insufficient Postage|Poste "
             "Restante|Signed For|The Basement|The Third Floor|Fragile|A Key for Mrs Lund|Dead "
             "Letters|Cash on Delivery|Forwarding Address|The Green Stamp|Registered|Wax|No Such "
             "Street|Last Collection",
    .leads = { "Harrow", "Finch", "Mrs Lund" },
    .scenes = { DEMO_WINDOWS, DEMO_LAMP, DEMO_CITY, DEMO_CORRIDOR, DEMO_CATS, DEMO_KEYHOLE },
    .palettes = { DEMO_DUSK, DEMO_NOIR, DEMO_NEON, DEMO_RUST, DEMO_NIGHT, DEMO_PLUM } },
  { .title = { .id = "salt-county",
               .title = "Salt County",
               .year = 2021,
               .scene = DEMO_ROAD,
               .palette = DEMO_RUST,
               .face = DEMO_BEBAS,
               .lettering = "SALT\nCOUNTY",
               .place = DEMO_AT_TOP,
               .size = 110,
               .colour = 0xffe0ae,
               .spacing = 0.05,
               .genres = "Western|Crime",
               .content_rating = "TV-MA",
               .rating = 8.2,
               .minutes = 55,
               .tagline = "Nobody drives through twice",
               .overview = "Deputy Ines Calder has the largest beat in the state, four hundred "
                           "miles of road, and a stranger’s car at each end of it." },
    .episodes = { 7, 7, 6 },
    .names =
        "Mile Zero|Dry Wells|The Motel|Two Sheriffs|Blue Norther|Weighbridge|A Full Tank|White "
        "Line|Gypsum|The Widow’s Acre|Radio Silence|Stray Dogs|The Long "
        "Straight|Alkali|Eastbound|County Fair|The Second Car|Flash Flood|Toll|Mile Four Hundred",
    .leads = { "Ines", "Cobb", "Marisol" },
    .scenes = { DEMO_ROAD, DEMO_DUNES, DEMO_MOUNTAINS, DEMO_CITY, DEMO_TREE, DEMO_ROAD },
    .palettes = { DEMO_RUST, DEMO_AMBER, DEMO_DUSK, DEMO_SAND, DEMO_NEON, DEMO_PLUM } },
  { .title = { .id = "orbital-eleven",
               .title = "Orbital Eleven",
               .year = 2025,
               .scene = DEMO_SPACE,
               .palette = DEMO_BLUE,
               .face = DEMO_JURA,
               .lettering = "ORBITAL\nELEVEN",
               .place = DEMO_AT_TOP,
               .size = 62,
               .colour = 0xd8f4ff,
               .spacing = 0.3,
               .genres = "Science Fiction",
               .content_rating = "TV-PG",
               .rating = 8.1,
               .minutes = 52,
               .tagline = "Ten stations answered",
               .overview = "The eleventh relay station was never built. Its crew of three would "
                           "like to know where they live, then." },
    .episodes = { 8, 6 },
    .names =
        "Handover|The Empty Berth|Drift|Air for Four|Eclipse Season|A Voice in the Dish|The Cold "
        "Side|Ten|Re-entry|Ground Truth|The Understation|Low Bandwidth|Signal Loss|Eleven",
    .leads = { "Tamsin", "Idris", "Koa" },
    .scenes = { DEMO_SPACE, DEMO_KEYHOLE, DEMO_RINGS, DEMO_SPACE, DEMO_CORRIDOR, DEMO_MOUNTAINS },
    .palettes = { DEMO_BLUE, DEMO_VIOLET, DEMO_PLUM, DEMO_TEAL, DEMO_ICE, DEMO_NIGHT } },
  { .title = { .id = "beekeepers",
               .title = "The Beekeepers",
               .year = 2023,
               .scene = DEMO_TILES,
               .palette = DEMO_POP2,
               .face = DEMO_LATO,
               .lettering = "The\nBeekeepers",
               .place = DEMO_IN_BOX,
               .size = 70,
               .colour = 0x16213e,
               .spacing = -0.01,
               .genres = "Comedy",
               .content_rating = "TV-G",
               .rating = 7.6,
               .minutes = 31,
               .tagline = "Twelve hives, one roof, no permit",
               .overview = "The tenants of a tower block keep bees against house rules, and each "
                           "other’s secrets against better judgement." },
    .episodes = { 8, 8 },
    .names = "Swarm|The Queen Is Out|Rooftop Rules|Nectar|Smoke|A Sting in Court|Royal "
             "Jelly|Wintering|Brood|The Inspector|Drone|Wax Museum|Foul Weather|Honey, I|Robbing "
             "Season|The Waggle Dance",
    .leads = { "Peggy", "Sanjay", "Otto" },
    .scenes = { DEMO_TILES, DEMO_WINDOWS, DEMO_BALLOONS, DEMO_RINGS, DEMO_TREE, DEMO_TILES },
    .palettes = { DEMO_POP2, DEMO_DUSK, DEMO_MINT, DEMO_POP, DEMO_SAND, DEMO_POP } },
  { .title = { .id = "fathom-street",
               .title = "Fathom Street",
               .year = 2024,
               .scene = DEMO_CITY,
               .palette = DEMO_DUSK,
               .face = DEMO_DOSIS,
               .lettering = "FATHOM\nSTREET",
               .place = DEMO_AT_TOP,
               .size = 84,
               .colour = 0xffe3bf,
               .spacing = 0.08,
               .genres = "Drama|Thriller",
               .content_rating = "TV-14",
               .rating = 7.9,
               .minutes = 52,
               .tagline = "The city is one metre too low",
               .overview = "When the flood barrier is declared finished, its engineer stops "
                           "sleeping. A drama about water, money and the people between them." },
    .episodes = { 6, 6, 6 },
    .names =
        "The Barrier|Datum|Seepage|Spring Tide|The Culvert|Ebb|Ground Floor|Sandbags|A Question of "
        "Slope|Silt|The Inquiry|Freeboard|Low Water|High Water|The Gate|Surge|Slack|Mean Sea Level",
    .leads = { "Vera", "Lucian", "Dot" },
    .scenes = { DEMO_CITY, DEMO_SEA, DEMO_WHALE, DEMO_LAMP, DEMO_CORRIDOR, DEMO_WINDOWS },
    .palettes = { DEMO_DUSK, DEMO_TEAL, DEMO_BLUE, DEMO_NOIR, DEMO_RUST, DEMO_NEON } },
  { .title = { .id = "marrow-lane",
               .title = "Marrow Lane",
               .year = 2025,
               .scene = DEMO_CORRIDOR,
               .palette = DEMO_TEAL,
               .face = DEMO_KAFFEESATZ,
               .lettering = "MARROW\nLANE",
               .place = DEMO_AT_TOP,
               .size = 140,
               .colour = 0xfff2d1,
               .spacing = 0.04,
               .genres = "Horror|Mystery",
               .content_rating = "TV-MA",
               .rating = 7.7,
               .minutes = 48,
               .tagline = "Number 12 is longer inside",
               .overview = "Three sisters inherit a house of eleven rooms and a floor plan of "
                           "twelve. They agree to sleep downstairs." },
    .episodes = { 8, 7 },
    .names = "The Reading|Damp|The Second Key|Wallpaper|Below Stairs|The Long Cupboard|A "
             "Draught|Twelve|Foundations|The Surveyor|Load-bearing|Lath and Plaster|Under the "
             "Eaves|Party Wall|Vacant Possession",
    .leads = { "Judith", "Nell", "Cass" },
    .scenes = { DEMO_CORRIDOR, DEMO_KEYHOLE, DEMO_WINDOWS, DEMO_FOREST, DEMO_LAMP, DEMO_TREE },
    .palettes = { DEMO_TEAL, DEMO_MOSS, DEMO_NOIR, DEMO_AMBER, DEMO_RUST, DEMO_DUSK } },
};

/* 1, 2 and 3 stand for the leads. */
static const char *const happenings[] = {
  "1 finds a note that was never meant to be read, and 2 pretends not to know the hand.",
  "3 comes back two days early. What was packed away in a hurry has to be found again before "
  "supper.",
  "A long night, a short list and nobody to trust: 2 goes alone, and is not alone there.",
  "An old promise falls due. 1 would pay it, if only 3 had not paid it already.",
  "2 tells a story that everybody has heard, with a new ending.",
  "A stranger asks the right question at the wrong door, and 1 is the one who opens.",
  "The power fails and the truth comes out by candlelight, as far as 3 will let it.",
  "1 and 2 agree for once. It is the worst thing that could have happened.",
  "3 counts what is left, and there is one too many.",
  "Something is returned with an apology. 2 cannot remember lending it.",
  "1 has until morning. So has everybody else.",
  "While 2 keeps watch, 1 and 3 say what they should have said in the beginning.",
  "A wedding, a funeral and a parking ticket bring all three to the same steps.",
};

const DemoShow *
demo_shows (guint *n)
{
  *n = G_N_ELEMENTS (shows);
  return shows;
}

char *
demo_show_overview (const DemoShow *self, guint i)
{
  const char *text = happenings[(i * 5 + strlen (self->title.id)) % G_N_ELEMENTS (happenings)];
  GString *out = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    if (*c >= '1' && *c <= '3')
      g_string_append (out, self->leads[*c - '1']);
    else
      g_string_append_c (out, *c);
  return g_string_free (out, FALSE);
}
