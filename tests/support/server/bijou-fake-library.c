#include "config.h"

#include "bijou-fake-library.h"

#include <string.h>

struct _BijouFakeLibrary
{
  GPtrArray *items;                 /* (owned) of BijouFakeItem (owned) */
  GPtrArray *twins;                 /* (owned) of BijouFakeItem (owned), from FIRST_TWIN on */
  GPtrArray *sections;              /* (owned) of BijouFakeSection (owned) */
  GPtrArray *films;                 /* (owned) of BijouFakeFilm (owned) */
  GPtrArray *dressed;               /* (owned) of BijouFakeFilm (owned) */
  GPtrArray *genres;                /* (owned) of char * (owned) */
  GHashTable *by_id;                /* (owned) guint64 * (owned) → unowned item */
  GArray *states[BIJOU_FAKE_USERS]; /* (owned) of BijouFakeState, by item */
  char *state_file;                 /* (owned) (nullable) */
  guint64 seed;
  guint generation;
  guint counts[BIJOU_FAKE_N_KINDS];
};

/* Above all other indexes of items. */
#define FIRST_TWIN 0x400000

static const char *const genre_names[] = {
  "Action",  "Adventure", "Animation", "Comedy",  "Crime",   "Documentary",     "Drama",
  "Fantasy", "History",   "Horror",    "Mystery", "Romance", "Science Fiction", "Thriller",
};
static const char *const adjectives[] = {
  "Silent", "Golden", "Broken",   "Distant", "Crimson", "Hidden",          "Last",   "Burning",
  "Paper",  "Winter", "Electric", "Café",    "Hollow",  "Österreichische", "Velvet", "Northern",
};
static const char *const nouns[] = {
  "Harbour",    "Garden",    "Signal",  "Mirror",  "Orchard",  "Engine", "River",
  "Lighthouse", "Staircase", "Comet",   "Kingdom", "Letter",   "Forest", "Archive",
  "Señora",     "Tide",      "Machine", "Horizon", "東京物語",
};
static const char *const first_names[] = { "Ada",   "Bruno", "Clara", "Dmitri", "Elif", "Farid",
                                           "Grete", "Hugo",  "Inés",  "Jonas",  "Kaja", "Léo" };
static const char *const last_names[] = {
  "Almeida",  "Bergström", "Castel",    "Dahl",  "Eriksen",
  "Fontaine", "Grau",      "Håkansson", "Ivers", "Jovanović"
};
static const char *const ratings[] = { "G", "PG", "PG-13", "R", "TV-14", "TV-MA" };

guint64
bijou_fake_mix (guint64 value)
{
  value += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  value = (value ^ (value >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ (value >> 31);
}

BijouFakeChapter *
bijou_fake_chapter_new (const char *title, const char *image, gint64 start_ms)
{
  BijouFakeChapter *self = g_new0 (BijouFakeChapter, 1);

  self->title = g_strdup (title);
  self->image = g_strdup (image);
  self->start_ms = start_ms;
  return self;
}

void
bijou_fake_chapter_free (BijouFakeChapter *self)
{
  g_free (self->title);
  g_free (self->image);
  g_free (self);
}

const char *
bijou_fake_item_get_chapter_image (BijouFakeItem *item, guint64 i)
{
  BijouFakeChapter *chapter;

  if (item->chapters == NULL || i >= item->chapters->len)
    return NULL;
  chapter = g_ptr_array_index (item->chapters, i);
  return chapter->image;
}

BijouFakePerson *
bijou_fake_person_new (const char *name, const char *role, const char *kind, const char *image)
{
  BijouFakePerson *self = g_new0 (BijouFakePerson, 1);

  self->name = g_strdup (name);
  self->role = g_strdup (role);
  self->kind = g_strdup (kind);
  self->image = g_strdup (image);
  return self;
}

void
bijou_fake_person_free (BijouFakePerson *self)
{
  g_free (self->name);
  g_free (self->role);
  g_free (self->kind);
  g_free (self->image);
  g_free (self);
}

static void
add_stream (GArray *streams,
            BijouFakeStreamType type,
            int index,
            const char *codec,
            const char *language,
            const char *title)
{
  BijouFakeStream stream = { .type = type, .index = index };

  g_strlcpy (stream.codec, codec, sizeof stream.codec);
  g_strlcpy (stream.language, language, sizeof stream.language);
  g_strlcpy (stream.title, title, sizeof stream.title);
  if (type == BIJOU_FAKE_STREAM_VIDEO)
    stream.width = 1920, stream.height = 1080, stream.fps = 24, stream.bitrate = 4000;
  if (type == BIJOU_FAKE_STREAM_AUDIO)
    stream.channels = 2, stream.bitrate = 192;
  stream.is_default = index == 0 || index == 1;
  g_array_append_val (streams, stream);
}

static BijouFakeFilm *
create_film (const char *path)
{
  BijouFakeFilm *self = g_new0 (BijouFakeFilm, 1);

  self->path = g_strdup (path);
  self->streams = g_array_new (FALSE, TRUE, sizeof (BijouFakeStream));
  self->chapters = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_chapter_free);
  return self;
}

BijouFakeFilm *
bijou_fake_film_new_made_up (guint64 size, gint64 duration_ms)
{
  BijouFakeFilm *self = create_film (NULL);

  self->container = g_strdup ("mkv");
  self->size = size;
  self->duration_ms = duration_ms;
  add_stream (self->streams, BIJOU_FAKE_STREAM_VIDEO, 0, "h264", "", "");
  add_stream (self->streams, BIJOU_FAKE_STREAM_AUDIO, 1, "aac", "eng", "Stereo");
  add_stream (self->streams, BIJOU_FAKE_STREAM_AUDIO, 2, "ac3", "ger", "Commentary");
  add_stream (self->streams, BIJOU_FAKE_STREAM_SUBTITLE, 3, "subrip", "eng", "");
  add_stream (self->streams, BIJOU_FAKE_STREAM_SUBTITLE, -1, "subrip", "ger", "");
  return self;
}

void
bijou_fake_film_free (BijouFakeFilm *self)
{
  g_free (self->path);
  g_free (self->container);
  g_array_unref (self->streams);
  g_ptr_array_unref (self->chapters);
  g_free (self);
}

BijouFakeFilm *
bijou_fake_library_add_film (BijouFakeLibrary *self, const char *path)
{
  const char *dot = path != NULL ? strrchr (path, '.') : NULL;
  BijouFakeFilm *film;

  for (guint i = 0; i < self->films->len; i++)
    {
      film = g_ptr_array_index (self->films, i);
      if (g_strcmp0 (film->path, path) == 0)
        return film;
    }
  film = create_film (path);
  film->container = g_strdup (dot != NULL ? dot + 1 : "mkv");
  bijou_fake_film_probe (film);
  g_ptr_array_add (self->films, film);
  return film;
}

static void
dress_video (BijouFakeStream *stream, char **words)
{
  static const char *const ranges[][2] = { { "HDR10", "HDR10" },
                                           { "HLG", "HLG" },
                                           { "Vision", "Dolby Vision" } };
  const char *const *list = (const char *const *) words;

  stream->height = g_strv_contains (list, "4K")      ? 2160
                   : g_strv_contains (list, "1080p") ? 1080
                                                     : 720;
  stream->width = stream->height * 16 / 9;
  if (stream->height > 2000)
    g_strlcpy (stream->codec, "hevc", sizeof stream->codec);
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (g_strv_contains (list, ranges[i][0]))
      g_strlcpy (stream->range, ranges[i][1], sizeof stream->range);
}

static void
dress_sound (BijouFakeStream *stream, char **words)
{
  const char *const *list = (const char *const *) words;
  gboolean atmos = g_strv_contains (list, "Atmos");

  stream->channels = atmos || g_strv_contains (list, "5.1") ? 6 : 2;
  if (!atmos)
    return;
  g_strlcpy (stream->codec, "eac3", sizeof stream->codec);
  g_strlcpy (stream->title, "Dolby Atmos", sizeof stream->title);
}

BijouFakeFilm *
bijou_fake_library_add_dressed_film (BijouFakeLibrary *self,
                                     BijouFakeFilm *film,
                                     const char *quality)
{
  g_auto (GStrv) words = g_strsplit (quality, " ", -1);
  BijouFakeFilm *dressed = create_film (film->path);
  gboolean has_sound = FALSE;

  dressed->container = g_strdup (film->container);
  dressed->size = film->size;
  dressed->duration_ms = film->duration_ms;
  for (guint i = 0; i < film->streams->len; i++)
    {
      BijouFakeStream stream = g_array_index (film->streams, BijouFakeStream, i);

      if (stream.type == BIJOU_FAKE_STREAM_VIDEO)
        dress_video (&stream, words);
      else if (stream.type == BIJOU_FAKE_STREAM_AUDIO && !has_sound)
        {
          dress_sound (&stream, words);
          has_sound = TRUE;
        }
      g_array_append_val (dressed->streams, stream);
    }
  g_ptr_array_add (self->dressed, dressed);
  return dressed;
}

void
bijou_fake_library_set_film (BijouFakeItem *item, BijouFakeFilm *film)
{
  item->film = film;
  item->size = film->size;
  if (film->duration_ms > 0)
    item->duration_ms = film->duration_ms;
  if (item->duration_ms <= 0)
    item->duration_ms = 60000;
  if (item->kind == BIJOU_FAKE_EPISODE)
    {
      item->intro_ms[0] = item->duration_ms / 20;
      item->intro_ms[1] = item->duration_ms / 10;
    }
  item->credits_ms[0] = item->duration_ms - item->duration_ms / 20;
  item->credits_ms[1] = item->duration_ms;
}

char *
bijou_fake_make_sort_title (const char *title)
{
  static const char *const articles[] = { "The ", "A ", "An " };

  for (guint i = 0; i < G_N_ELEMENTS (articles); i++)
    if (g_str_has_prefix (title, articles[i]))
      return g_strdup (title + strlen (articles[i]));
  return g_strdup (title);
}

static void
free_item (BijouFakeItem *item)
{
  g_free (item->title);
  g_free (item->sort_title);
  g_free (item->overview);
  g_free (item->tagline);
  g_free (item->content_rating);
  g_free (item->aired);
  g_free (item->poster);
  g_free (item->backdrop);
  g_free (item->version);
  g_clear_pointer (&item->people, g_ptr_array_unref);
  g_clear_pointer (&item->chapters, g_ptr_array_unref);
  g_clear_pointer (&item->children, g_ptr_array_unref);
  g_free (item);
}

static void
free_section (BijouFakeSection *section)
{
  for (guint i = 0; i < BIJOU_FAKE_N_KINDS; i++)
    g_ptr_array_unref (section->lists[i]);
  g_free (section->title);
  g_free (section);
}

GPtrArray *
bijou_fake_library_get_sections (BijouFakeLibrary *self)
{
  return self->sections;
}

BijouFakeSection *
bijou_fake_library_get_section (BijouFakeLibrary *self, guint id)
{
  for (guint i = 0; i < self->sections->len; i++)
    {
      BijouFakeSection *section = g_ptr_array_index (self->sections, i);

      if (section->id == id)
        return section;
    }
  return NULL;
}

BijouFakeItem *
bijou_fake_library_get_item (BijouFakeLibrary *self, guint index)
{
  BijouFakeItem *item = NULL;

  if (index < self->items->len)
    item = g_ptr_array_index (self->items, index);
  else if (index >= FIRST_TWIN && index - FIRST_TWIN < self->twins->len)
    item = g_ptr_array_index (self->twins, index - FIRST_TWIN);
  return item != NULL && !item->removed ? item : NULL;
}

guint
bijou_fake_library_get_n_items (BijouFakeLibrary *self)
{
  return self->items->len;
}

guint
bijou_fake_library_get_generation (BijouFakeLibrary *self)
{
  return self->generation;
}

const char *
bijou_fake_library_get_genre (BijouFakeLibrary *self, guint bit)
{
  return g_ptr_array_index (self->genres, bit);
}

guint
bijou_fake_library_get_n_genres (BijouFakeLibrary *self)
{
  return self->genres->len;
}

guint
bijou_fake_library_add_genre (BijouFakeLibrary *self, const char *name)
{
  guint bit;

  if (!g_ptr_array_find_with_equal_func (self->genres, name, g_str_equal, &bit))
    {
      if (self->genres->len == 32)
        return 31;
      bit = self->genres->len;
      g_ptr_array_add (self->genres, g_strdup (name));
    }
  return bit;
}

char *
bijou_fake_library_dup_overview (BijouFakeItem *item)
{
  guint64 r = bijou_fake_mix (item->index * 31 + 7);

  if (item->overview != NULL)
    return g_strdup (item->overview);
  return g_strdup_printf ("When the %s of the %s goes missing, %s %s has one night to find out who "
                          "rang the bell — and why nobody in town remembers “%s”.",
                          nouns[r % 13], nouns[(r >> 8) % 13],
                          first_names[(r >> 16) % G_N_ELEMENTS (first_names)],
                          last_names[(r >> 24) % G_N_ELEMENTS (last_names)], item->title);
}

GPtrArray *
bijou_fake_library_dup_people (BijouFakeItem *item)
{
  GPtrArray *people = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_person_free);

  for (guint i = 0; item->people != NULL && i < item->people->len; i++)
    {
      BijouFakePerson *person = g_ptr_array_index (item->people, i);

      g_ptr_array_add (
          people, bijou_fake_person_new (person->name, person->role, person->kind, person->image));
    }
  if (item->people != NULL || item->kind == BIJOU_FAKE_SEASON)
    return people;
  for (guint i = 0; i < 7; i++)
    {
      guint64 r = bijou_fake_mix (item->index * 64 + i);
      g_autofree char *name = g_strdup_printf ("%s %s", first_names[r % G_N_ELEMENTS (first_names)],
                                               last_names[(r >> 20) % G_N_ELEMENTS (last_names)]);
      g_autofree char *role = g_strdup_printf ("Captain %s", nouns[(r >> 40) % 13]);

      g_ptr_array_add (people, bijou_fake_person_new (name, i < 5 ? role : NULL,
                                                      i < 5    ? "Actor"
                                                      : i == 5 ? "Director"
                                                               : "Writer",
                                                      NULL));
    }
  return people;
}

guint
bijou_fake_person_plex_id (const char *name)
{
  return g_str_hash (name) % 1000000;
}

static gboolean
is_person (BijouFakePerson *person, guint plex_id, const char *jellyfin_id)
{
  g_autofree char *md5 = NULL;

  if (person->image == NULL)
    return FALSE;
  if (jellyfin_id == NULL)
    return bijou_fake_person_plex_id (person->name) == plex_id;
  md5 = g_compute_checksum_for_string (G_CHECKSUM_MD5, person->name, -1);
  return strcmp (md5, jellyfin_id) == 0;
}

const char *
bijou_fake_library_find_person_image (BijouFakeLibrary *self,
                                      guint plex_id,
                                      const char *jellyfin_id)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      BijouFakeItem *item = g_ptr_array_index (self->items, i);

      for (guint p = 0; item->people != NULL && p < item->people->len; p++)
        {
          BijouFakePerson *person = g_ptr_array_index (item->people, p);

          if (is_person (person, plex_id, jellyfin_id))
            return person->image;
        }
    }
  return NULL;
}

void
bijou_fake_library_format_id (BijouFakeLibrary *self, guint space, guint index, char *hex)
{
  guint64 high = bijou_fake_mix (self->seed ^ ((guint64) space << 40) ^ index);
  guint64 low = bijou_fake_mix (high);

  g_snprintf (hex, 33, "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", high, low);
}

BijouFakeItem *
bijou_fake_library_find_id (BijouFakeLibrary *self, const char *hex)
{
  char half[17];
  guint64 key;
  BijouFakeItem *item;

  if (strlen (hex) != 32)
    return NULL;
  g_strlcpy (half, hex, sizeof half);
  key = g_ascii_strtoull (half, NULL, 16);
  if (g_ascii_strtoull (hex + 16, NULL, 16) != bijou_fake_mix (key))
    return NULL;
  item = g_hash_table_lookup (self->by_id, &key);
  return item != NULL && !item->removed ? item : NULL;
}

BijouFakeState *
bijou_fake_library_get_state (BijouFakeLibrary *self, const BijouFakeItem *item, guint user)
{
  GArray *states = self->states[MIN (user, BIJOU_FAKE_USERS - 1)];

  if (item->twin_of != NULL)
    item = item->twin_of;
  if (item->index >= states->len)
    g_array_set_size (states, self->items->len);
  return &g_array_index (states, BijouFakeState, item->index);
}

static void
collect_leaves (BijouFakeItem *item, GPtrArray *leaves)
{
  if (item->kind == BIJOU_FAKE_MOVIE || item->kind == BIJOU_FAKE_EPISODE)
    g_ptr_array_add (leaves, item);
  for (guint i = 0; item->children != NULL && i < item->children->len; i++)
    collect_leaves (g_ptr_array_index (item->children, i), leaves);
}

GPtrArray *
bijou_fake_library_get_leaves (BijouFakeItem *item)
{
  GPtrArray *leaves = g_ptr_array_new ();

  collect_leaves (item, leaves);
  return leaves;
}

void
bijou_fake_library_count_leaves (
    BijouFakeLibrary *self, BijouFakeItem *item, guint user, guint *leaves, guint *viewed)
{
  if (item->kind == BIJOU_FAKE_MOVIE || item->kind == BIJOU_FAKE_EPISODE)
    {
      *leaves += 1;
      if (bijou_fake_library_get_state (self, item, user)->played)
        *viewed += 1;
    }
  for (guint i = 0; item->children != NULL && i < item->children->len; i++)
    bijou_fake_library_count_leaves (self, g_ptr_array_index (item->children, i), user, leaves,
                                     viewed);
}

BijouFakeSection *
bijou_fake_library_add_section (BijouFakeLibrary *self, BijouFakeItemKind kind, const char *title)
{
  BijouFakeSection *section = g_new0 (BijouFakeSection, 1);

  section->id = self->sections->len + 1;
  section->kind = kind;
  section->title = g_strdup (title);
  section->updated_at = 1700000000 + section->id;
  section->content_changed_at = 1000 * section->id;
  for (guint i = 0; i < BIJOU_FAKE_N_KINDS; i++)
    section->lists[i] = g_ptr_array_new ();
  g_ptr_array_add (self->sections, section);
  return section;
}

static void
note_change (BijouFakeLibrary *self, BijouFakeItem *item)
{
  BijouFakeSection *section = bijou_fake_library_get_section (self, item->section);

  self->generation++;
  if (section != NULL)
    section->content_changed_at++;
}

BijouFakeItem *
bijou_fake_library_add_item (BijouFakeLibrary *self,
                             BijouFakeItemKind kind,
                             guint section,
                             BijouFakeItem *parent,
                             const char *title)
{
  BijouFakeItem *item = g_new0 (BijouFakeItem, 1);
  guint64 *key = g_new (guint64, 1);

  item->index = self->items->len;
  item->identity = item->index;
  item->kind = kind;
  item->section = section;
  item->parent = parent;
  item->title = g_strdup (title);
  item->sort_title = bijou_fake_make_sort_title (title);
  item->ordinal = self->counts[kind]++;
  item->added_at = 1600000000 + (gint64) item->index * 600;
  item->updated_at = item->added_at + 60;
  if (kind != BIJOU_FAKE_MOVIE && kind != BIJOU_FAKE_EPISODE)
    item->children = g_ptr_array_new ();
  if (parent != NULL)
    g_ptr_array_add (parent->children, item);
  g_ptr_array_add (self->items, item);
  g_ptr_array_add (bijou_fake_library_get_section (self, section)->lists[kind], item);
  *key = bijou_fake_mix (self->seed ^ item->index);
  g_hash_table_insert (self->by_id, key, item);
  note_change (self, item);
  return item;
}

BijouFakeItem *
bijou_fake_library_add_twin (BijouFakeLibrary *self, BijouFakeItem *item)
{
  BijouFakeItem *twin = g_new0 (BijouFakeItem, 1);
  guint64 *key = g_new (guint64, 1);

  twin->index = FIRST_TWIN + self->twins->len;
  twin->identity = item->identity;
  twin->kind = item->kind;
  twin->section = item->section;
  twin->parent = item->parent;
  twin->title = g_strdup (item->title);
  twin->sort_title = g_strdup (item->sort_title);
  twin->year = item->year;
  twin->number = item->number;
  twin->added_at = item->added_at;
  twin->updated_at = item->updated_at;
  twin->twin_of = item;
  item->twin = twin;
  g_ptr_array_add (self->twins, twin);
  *key = bijou_fake_mix (self->seed ^ twin->index);
  g_hash_table_insert (self->by_id, key, twin);
  return twin;
}

void
bijou_fake_library_remove_item (BijouFakeLibrary *self, BijouFakeItem *item)
{
  BijouFakeSection *section = bijou_fake_library_get_section (self, item->section);

  while (item->children != NULL && item->children->len > 0 && item->kind <= BIJOU_FAKE_SEASON)
    bijou_fake_library_remove_item (self,
                                    g_ptr_array_index (item->children, item->children->len - 1));
  g_ptr_array_remove (section->lists[item->kind], item);
  if (item->parent != NULL)
    g_ptr_array_remove (item->parent->children, item);
  for (guint i = 0; i < section->lists[BIJOU_FAKE_COLLECTION]->len; i++)
    {
      BijouFakeItem *box = g_ptr_array_index (section->lists[BIJOU_FAKE_COLLECTION], i);

      g_ptr_array_remove (box->children, item);
    }
  item->removed = TRUE;
  if (item->twin != NULL)
    item->twin->removed = TRUE;
  note_change (self, item);
}

void
bijou_fake_library_touch_item (BijouFakeLibrary *self, BijouFakeItem *item)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  item->updated_at = MAX (now, item->updated_at + 1);
  note_change (self, item);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const BijouFakeItem *x = *(BijouFakeItem *const *) a;
  const BijouFakeItem *y = *(BijouFakeItem *const *) b;
  int order;

  if (x->kind == BIJOU_FAKE_EPISODE || x->kind == BIJOU_FAKE_SEASON)
    return x->index < y->index ? -1 : x->index > y->index;
  order = g_ascii_strcasecmp (x->sort_title, y->sort_title);
  return order != 0 ? order : x->index < y->index ? -1 : 1;
}

void
bijou_fake_library_sort (BijouFakeLibrary *self)
{
  for (guint i = 0; i < self->sections->len; i++)
    {
      BijouFakeSection *section = g_ptr_array_index (self->sections, i);

      for (guint kind = 0; kind < BIJOU_FAKE_N_KINDS; kind++)
        g_ptr_array_sort (section->lists[kind], compare_items);
    }
  self->generation++;
}

void
bijou_fake_library_rename_item (BijouFakeLibrary *self, BijouFakeItem *item, const char *title)
{
  g_free (item->title);
  g_free (item->sort_title);
  item->title = g_strdup (title);
  item->sort_title = bijou_fake_make_sort_title (title);
  bijou_fake_library_touch_item (self, item);
  bijou_fake_library_sort (self);
}

/* ---- making things up ---- */

static char *
make_title (guint n, guint salt)
{
  guint a = (n + salt) % G_N_ELEMENTS (adjectives);
  guint b = (n / G_N_ELEMENTS (adjectives) + n + salt * 5) % G_N_ELEMENTS (nouns);
  guint round = n / (G_N_ELEMENTS (adjectives) * G_N_ELEMENTS (nouns));
  const char *article = n % 5 == 2 ? "The " : "";

  if (n % 29 == 28)
    return g_strdup_printf ("%s %s & “the <Rest>” #%u", adjectives[a], nouns[b], n);
  if (round == 0)
    return g_strdup_printf ("%s%s %s", article, adjectives[a], nouns[b]);
  return g_strdup_printf ("%s%s %s %u", article, adjectives[a], nouns[b], round + 1);
}

static void
dress_item (BijouFakeItem *item)
{
  guint64 r = bijou_fake_mix (item->index);

  item->year = 1950 + r % 75;
  item->rating = 40 + (r >> 8) % 60;
  item->rating /= 10;
  item->genres = (1u << ((r >> 16) % 14)) | (1u << ((r >> 24) % 14)) | (1u << ((r >> 32) % 14));
  item->content_rating = g_strdup (ratings[(r >> 40) % G_N_ELEMENTS (ratings)]);
  item->aired = g_strdup_printf ("%04d-%02d-%02d", item->year, (int) (r >> 44) % 12 + 1,
                                 (int) (r >> 48) % 28 + 1);
  item->no_poster = item->ordinal % 17 == 16;
  item->no_backdrop = item->ordinal % 13 == 12;
  if (item->kind == BIJOU_FAKE_MOVIE)
    item->tagline = g_strdup_printf ("It was never about the %s.", nouns[(r >> 52) % 13]);
}

static BijouFakeFilm *
choose_film (BijouFakeLibrary *self, guint ordinal, GPtrArray *films)
{
  if (films->len == 0)
    films = self->films;
  return g_ptr_array_index (films, ordinal % films->len);
}

static void
give_film (BijouFakeLibrary *self, BijouFakeItem *item, GPtrArray *films)
{
  BijouFakeFilm *film = choose_film (self, item->ordinal, films);
  guint64 r = bijou_fake_mix (item->index + 99);

  item->duration_ms = (item->kind == BIJOU_FAKE_MOVIE ? 5100 + r % 3900 : 1320 + r % 2280) * 1000;
  bijou_fake_library_set_film (item, film);
  if (film->path == NULL)
    item->size = film->size + (r >> 32) % 4096;
}

static void
make_history (BijouFakeLibrary *self, BijouFakeItem *item)
{
  BijouFakeState *state = bijou_fake_library_get_state (self, item, 0);

  if (item->ordinal % 7 == 3)
    {
      state->played = TRUE;
      state->view_count = 1 + item->ordinal % 3;
      state->viewed_at = 1760000000 + item->index;
    }
  else if (item->ordinal % 11 == 5)
    {
      state->position_ms = item->duration_ms / 3;
      state->viewed_at = 1761000000 + item->index;
    }
  state->favourite = item->ordinal % 23 == 4;
}

static void
make_movies (BijouFakeLibrary *self, guint count, GPtrArray *films)
{
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *title = make_title (i, 0);
      BijouFakeItem *item = bijou_fake_library_add_item (self, BIJOU_FAKE_MOVIE, 1, NULL, title);

      dress_item (item);
      give_film (self, item, films);
      make_history (self, item);
    }
}

static void
make_episode (BijouFakeLibrary *self, BijouFakeItem *season, guint number, GPtrArray *films)
{
  g_autofree char *title = make_title (season->index * 7 + number, 3);
  BijouFakeItem *item = bijou_fake_library_add_item (self, BIJOU_FAKE_EPISODE, 2, season, title);

  dress_item (item);
  item->year = season->year;
  item->number = number;
  g_free (item->aired);
  item->aired =
      g_strdup_printf ("%04d-%02d-%02d", item->year, (number / 4) % 12 + 1, (number * 7) % 28 + 1);
  give_film (self, item, films);
  make_history (self, item);
}

static void
make_shows (BijouFakeLibrary *self, const BijouFakeOptions *options, GPtrArray *films)
{
  for (guint i = 0; i < options->shows; i++)
    {
      g_autofree char *title = make_title (i, 7);
      BijouFakeItem *show = bijou_fake_library_add_item (self, BIJOU_FAKE_SHOW, 2, NULL, title);
      guint first = i % 5 == 4 ? 0 : 1; /* specials */

      dress_item (show);
      show->duration_ms = 2700000;
      for (guint s = first; s <= options->seasons; s++)
        {
          g_autofree char *name = s == 0 ? g_strdup ("Specials") : g_strdup_printf ("Season %u", s);
          BijouFakeItem *season =
              bijou_fake_library_add_item (self, BIJOU_FAKE_SEASON, 2, show, name);

          season->number = s;
          season->year = show->year + s;
          for (guint e = 1; e <= options->episodes; e++)
            make_episode (self, season, e, films);
        }
    }
}

static void
make_groups (BijouFakeLibrary *self)
{
  BijouFakeSection *movies = bijou_fake_library_get_section (self, 1);
  GPtrArray *list = movies->lists[BIJOU_FAKE_MOVIE];
  static const struct
  {
    BijouFakeItemKind kind;
    const char *title;
  } groups[] = { { BIJOU_FAKE_COLLECTION, "The Harbour Collection" },
                 { BIJOU_FAKE_COLLECTION, "Rainy Days" },
                 { BIJOU_FAKE_PLAYLIST, "Weekend" } };

  for (guint g = 0; g < G_N_ELEMENTS (groups) && list->len >= 3; g++)
    {
      BijouFakeItem *item =
          bijou_fake_library_add_item (self, groups[g].kind, 1, NULL, groups[g].title);

      dress_item (item);
      for (guint i = g; i < list->len && item->children->len < 4; i += 3)
        g_ptr_array_add (item->children, g_ptr_array_index (list, i));
      item->poster = g_strdup (((BijouFakeItem *) item->children->pdata[0])->poster);
      item->backdrop = g_strdup (((BijouFakeItem *) item->children->pdata[0])->backdrop);
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
read_media_dir (BijouFakeLibrary *self, const char *directory)
{
  GPtrArray *films = g_ptr_array_new ();
  g_autoptr (GDir) dir = directory != NULL ? g_dir_open (directory, 0, NULL) : NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".mkv") || g_str_has_suffix (name, ".mp4") ||
        g_str_has_suffix (name, ".webm"))
      g_ptr_array_add (names, g_build_filename (directory, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (films, bijou_fake_library_add_film (self, g_ptr_array_index (names, i)));
  return films;
}

/* ---- keeping the state ---- */

static void
load_state (BijouFakeLibrary *self)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (self->state_file == NULL || !g_file_get_contents (self->state_file, &text, NULL, NULL))
    return;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) field = g_strsplit (lines[i], " ", -1);
      BijouFakeItem *item;
      BijouFakeState *state;

      if (g_strv_length (field) != 10)
        continue;
      item = bijou_fake_library_get_item (self, g_ascii_strtoull (field[1], NULL, 10));
      if (item == NULL)
        continue;
      state = bijou_fake_library_get_state (self, item, g_ascii_strtoull (field[0], NULL, 10));
      state->position_ms = g_ascii_strtoll (field[2], NULL, 10);
      state->viewed_at = g_ascii_strtoll (field[3], NULL, 10);
      state->view_count = g_ascii_strtoll (field[4], NULL, 10);
      state->played = field[5][0] == '1';
      state->favourite = field[6][0] == '1';
      state->user_rating = g_ascii_strtod (field[7], NULL);
      state->audio_stream = g_ascii_strtoll (field[8], NULL, 10);
      state->subtitle_stream = g_ascii_strtoll (field[9], NULL, 10);
    }
}

void
bijou_fake_library_save_state (BijouFakeLibrary *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->state_file == NULL)
    return;
  for (guint user = 0; user < BIJOU_FAKE_USERS; user++)
    for (guint i = 0; i < self->states[user]->len; i++)
      {
        BijouFakeState *s = &g_array_index (self->states[user], BijouFakeState, i);
        char rating[G_ASCII_DTOSTR_BUF_SIZE];

        g_string_append_printf (
            text, "%u %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d %d %d %s %d %d\n", user, i,
            s->position_ms, s->viewed_at, s->view_count, s->played, s->favourite,
            g_ascii_dtostr (rating, sizeof rating, s->user_rating), s->audio_stream,
            s->subtitle_stream);
      }
  g_file_set_contents (self->state_file, text->str, text->len, NULL);
}

static void
add_titled_section (BijouFakeLibrary *self, const BijouFakeOptions *options, BijouFakeItemKind kind)
{
  bijou_fake_library_add_section (self, kind,
                                  bijou_fake_share_get_section_title (options->share, kind));
}

static void
make_content (BijouFakeLibrary *self, const BijouFakeOptions *options)
{
  g_autoptr (GPtrArray) films = read_media_dir (self, options->media_dir);

  add_titled_section (self, options, BIJOU_FAKE_MOVIE);
  add_titled_section (self, options, BIJOU_FAKE_SHOW);
  if (options->catalogue != NULL)
    {
      g_autoptr (GError) error = NULL;

      if (!bijou_fake_library_load_catalogue (self, options, &error))
        g_printerr ("bijou-test-server: %s: %s\n", options->catalogue, error->message);
    }
  else
    {
      make_movies (self, options->movies, films);
      make_shows (self, options, films);
    }
  bijou_fake_library_sort (self);
  make_groups (self);
  bijou_fake_library_sort (self);
}

BijouFakeLibrary *
bijou_fake_library_new (const BijouFakeOptions *options, guint64 seed)
{
  BijouFakeLibrary *self = g_new0 (BijouFakeLibrary, 1);

  self->seed = seed;
  self->state_file = g_strdup (options->state_file);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) free_item);
  self->twins = g_ptr_array_new_with_free_func ((GDestroyNotify) free_item);
  self->sections = g_ptr_array_new_with_free_func ((GDestroyNotify) free_section);
  self->films = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_film_free);
  self->dressed = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_film_free);
  self->genres = g_ptr_array_new_with_free_func (g_free);
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    self->states[i] = g_array_new (FALSE, TRUE, sizeof (BijouFakeState));
  for (guint i = 0; i < G_N_ELEMENTS (genre_names); i++)
    g_ptr_array_add (self->genres, g_strdup (genre_names[i]));
  g_ptr_array_add (self->films, bijou_fake_film_new_made_up (8 * 1024 * 1024, 0));
  make_content (self, options);
  load_state (self);
  return self;
}

void
bijou_fake_library_free (BijouFakeLibrary *self)
{
  bijou_fake_library_save_state (self);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->twins);
  g_ptr_array_unref (self->sections);
  g_ptr_array_unref (self->films);
  g_ptr_array_unref (self->dressed);
  g_ptr_array_unref (self->genres);
  g_hash_table_unref (self->by_id);
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    g_array_unref (self->states[i]);
  g_free (self->state_file);
  g_free (self);
}
