#include "config.h"

#include "bijou-plex-parse.h"

#include "bijou-json.h"
#include "bijou-plex-image.h"

#include <string.h>

static int
get_count (JsonObject *object, const char *name)
{
  return (int) CLAMP (bijou_json_get_int (object, name, 0), 0, G_MAXINT);
}

static gint64
get_positive (JsonObject *object, const char *name)
{
  return MAX (bijou_json_get_int (object, name, 0), 0);
}

/* Servers say kbit/s. */
static gint64
get_bitrate (JsonObject *object)
{
  return CLAMP (bijou_json_get_int (object, "bitrate", 0), 0, G_MAXINT32) * 1000;
}

static BijouStreamKind
get_stream_kind (JsonObject *object)
{
  /* Captions inside the pictures are no stream that a demuxer finds. */
  if (bijou_json_get_boolean (object, "embeddedInVideo", FALSE))
    return BIJOU_STREAM_OTHER;

  switch (bijou_json_get_int (object, "streamType", 0))
    {
    case 1:
      return BIJOU_STREAM_VIDEO;
    case 2:
      return BIJOU_STREAM_AUDIO;
    case 3:
      return BIJOU_STREAM_SUBTITLE;
    default:
      return BIJOU_STREAM_OTHER;
    }
}

static const char *
get_range (JsonObject *object)
{
  const char *transfer = bijou_json_get_string (object, "colorTrc");

  if (bijou_json_get_boolean (object, "DOVIPresent", FALSE))
    return "Dolby Vision";
  if (transfer == NULL)
    return NULL;
  if (strcmp (transfer, "smpte2084") == 0)
    return "HDR10";
  if (strcmp (transfer, "arib-std-b67") == 0)
    return "HLG";
  return "SDR";
}

/* "Spanish (SRT)" says less than "Spanish (SRT) – Latin American". */
static char *
make_stream_title (JsonObject *object)
{
  const char *shown = bijou_json_get_string (object, "displayTitle");
  const char *title = bijou_json_get_string (object, "title");

  if (shown == NULL || *shown == '\0')
    return bijou_json_dup_string (object, "title");
  if (title == NULL || *title == '\0' || strstr (shown, title) != NULL)
    return g_strdup (shown);
  return g_strdup_printf ("%s – %s", shown, title);
}

static void
fill_stream_place (BijouStream *stream, JsonObject *object)
{
  const char *key = bijou_json_get_string (object, "key");
  gint64 index = bijou_json_get_int (object, "index", -1);

  stream->external = key != NULL && g_str_has_prefix (key, "/library/streams/");
  if (stream->external)
    stream->key = g_strdup (key);
  else if (stream->kind != BIJOU_STREAM_OTHER && index >= 0 && index <= G_MAXINT)
    stream->index = (int) index;
}

static BijouStream *
parse_stream (JsonObject *object)
{
  g_autofree char *id = bijou_json_dup_text (object, "id");
  BijouStream *stream = NULL;

  if (id == NULL)
    return NULL;

  stream = bijou_stream_new (get_stream_kind (object), id);
  fill_stream_place (stream, object);
  stream->codec = bijou_json_dup_string (object, "codec");
  stream->language = bijou_json_dup_string (object, "languageTag");
  if (stream->language == NULL)
    stream->language = bijou_json_dup_string (object, "languageCode");
  stream->title = make_stream_title (object);
  stream->channels = get_count (object, "channels");
  stream->width = get_count (object, "width");
  stream->height = get_count (object, "height");
  stream->frame_rate = MAX (bijou_json_get_double (object, "frameRate", 0), 0);
  stream->bitrate = get_bitrate (object);
  stream->is_default = bijou_json_get_boolean (object, "default", FALSE);
  stream->forced = bijou_json_get_boolean (object, "forced", FALSE);
  stream->selected = bijou_json_get_boolean (object, "selected", FALSE);
  if (stream->kind == BIJOU_STREAM_VIDEO)
    stream->range = g_strdup (get_range (object));
  return stream;
}

/* "/library/parts/28564/1730386641/file.mkv" → "1730386641": it changes when the file does. */
static char *
get_part_tag (const char *key)
{
  g_auto (GStrv) steps = g_strsplit (key, "/", -1);

  if (g_strv_length (steps) >= 6 && strcmp (steps[2], "parts") == 0)
    return g_strdup (steps[4]);
  return NULL;
}

/* A decision names version and part by their place in what the server sent, so that place is kept
 * with the key: "/library/parts/…/file.mkv#0.0". */
static char *
make_part_key (const char *path, guint media_index, guint part_index)
{
  return g_strdup_printf ("%s#%u.%u", path, media_index, part_index);
}

/**
 * bijou_plex_split_part_key:
 * @key: the key of a part
 * @media_index: (out): the place of its version at the server
 * @part_index: (out): its place in the version
 *
 * Returns: (transfer full): the path of its bytes
 */
char *
bijou_plex_split_part_key (const char *key, guint *media_index, guint *part_index)
{
  const char *hash = strrchr (key, '#');
  char *end = NULL;

  *media_index = 0;
  *part_index = 0;
  if (hash == NULL)
    return g_strdup (key);
  *media_index = (guint) g_ascii_strtoull (hash + 1, &end, 10);
  if (*end == '.')
    *part_index = (guint) g_ascii_strtoull (end + 1, NULL, 10);
  return g_strndup (key, hash - key);
}

static BijouPart *
parse_part (JsonObject *object, guint media_index, guint part_index)
{
  g_autofree char *id = bijou_json_dup_text (object, "id");
  const char *path = bijou_json_get_string (object, "key");
  g_autofree char *key = NULL;
  g_autoptr (GPtrArray) streams = NULL;
  BijouPart *part;

  if (id == NULL || path == NULL || *path != '/' || g_str_has_prefix (path, "//"))
    return NULL;
  if (!bijou_json_get_boolean (object, "accessible", TRUE) ||
      !bijou_json_get_boolean (object, "exists", TRUE) ||
      bijou_json_get_int (object, "deletedAt", 0) != 0)
    return NULL;

  key = make_part_key (path, media_index, part_index);
  part = bijou_part_new (id, key);
  part->container = bijou_json_dup_string (object, "container");
  part->version_tag = get_part_tag (path);
  part->size = get_positive (object, "size");
  part->duration_ms = get_positive (object, "duration");

  streams = bijou_json_get_objects (object, "Stream");
  for (guint i = 0; i < streams->len; i++)
    {
      BijouStream *stream = parse_stream (g_ptr_array_index (streams, i));

      if (stream != NULL)
        g_ptr_array_add (part->streams, stream);
    }
  return part;
}

static const char *
find_range (BijouVersion *version)
{
  for (guint i = 0; i < version->parts->len; i++)
    {
      BijouPart *part = g_ptr_array_index (version->parts, i);

      for (guint j = 0; j < part->streams->len; j++)
        {
          BijouStream *stream = g_ptr_array_index (part->streams, j);

          if (stream->kind == BIJOU_STREAM_VIDEO && stream->range != NULL)
            return stream->range;
        }
    }
  return NULL;
}

static char *
make_resolution_text (JsonObject *media)
{
  g_autofree char *resolution = bijou_json_dup_text (media, "videoResolution");

  if (resolution == NULL)
    return NULL;
  if (g_ascii_isdigit (resolution[0]) && strpbrk (resolution, "kK") == NULL)
    return g_strconcat (resolution, "p", NULL);
  return g_ascii_strup (resolution, -1);
}

/* "Director's Cut", else "4K HDR10". */
static char *
make_version_title (JsonObject *media, BijouVersion *version)
{
  const char *range = find_range (version);
  g_autofree char *resolution = make_resolution_text (media);
  char *title = bijou_json_dup_string (media, "editionTitle");

  if (title == NULL)
    title = bijou_json_dup_string (media, "title");
  if (title != NULL)
    return title;
  if (resolution == NULL || range == NULL || strcmp (range, "SDR") == 0)
    return g_steal_pointer (&resolution);
  return g_strdup_printf ("%s %s", resolution, range);
}

static void
add_parts (BijouVersion *version, JsonObject *media, guint media_index)
{
  g_autoptr (GPtrArray) parts = bijou_json_get_objects (media, "Part");

  for (guint i = 0; i < parts->len; i++)
    {
      BijouPart *part = parse_part (g_ptr_array_index (parts, i), media_index, i);

      if (part == NULL)
        continue;
      version->size += part->size;
      version->duration_ms += part->duration_ms;
      g_ptr_array_add (version->parts, part);
    }
}

static BijouVersion *
parse_version (JsonObject *media, guint media_index)
{
  g_autofree char *id = bijou_json_dup_text (media, "id");
  BijouVersion *version;

  if (!bijou_plex_is_media_usable (media))
    return NULL;
  version = bijou_version_new (id != NULL ? id : "0");
  add_parts (version, media, media_index);
  if (version->parts->len == 0)
    {
      bijou_version_free (version);
      return NULL;
    }

  version->container = bijou_json_dup_string (media, "container");
  version->bitrate = get_bitrate (media);
  version->width = get_count (media, "width");
  version->height = bijou_plex_get_media_height (media);
  if (version->duration_ms == 0)
    version->duration_ms = get_positive (media, "duration");
  version->title = make_version_title (media, version);
  return version;
}

static int
compare_versions (gconstpointer a, gconstpointer b)
{
  const BijouVersion *first = *(BijouVersion *const *) a;
  const BijouVersion *second = *(BijouVersion *const *) b;

  if (first->height != second->height)
    return second->height > first->height ? 1 : -1;
  if (first->bitrate != second->bitrate)
    return second->bitrate > first->bitrate ? 1 : -1;
  return 0;
}

static void
add_versions (BijouDetail *detail, JsonObject *row)
{
  g_autoptr (GPtrArray) all = bijou_json_get_objects (row, "Media");

  for (guint i = 0; i < all->len; i++)
    {
      BijouVersion *version = parse_version (g_ptr_array_index (all, i), i);

      if (version != NULL)
        g_ptr_array_add (detail->versions, version);
    }
  g_ptr_array_sort (detail->versions, compare_versions);
  detail->item->has_media = detail->versions->len > 0;
}

static void
add_people_of (BijouDetail *detail, JsonObject *row, const char *name, const char *kind)
{
  g_autoptr (GPtrArray) people = bijou_json_get_objects (row, name);

  for (guint i = 0; i < people->len; i++)
    {
      JsonObject *object = g_ptr_array_index (people, i);
      g_autofree char *tag = bijou_json_dup_text (object, "tag");
      BijouPerson *person;

      if (tag == NULL)
        continue;
      person = bijou_person_new (tag, kind);
      person->id = bijou_json_dup_text (object, "id");
      person->role = bijou_json_dup_string (object, "role");
      person->image =
          bijou_plex_image_make (BIJOU_PLEX_IMAGE_SQUARE, bijou_json_get_string (object, "thumb"));
      g_ptr_array_add (detail->people, person);
    }
}

static int
compare_chapters (gconstpointer a, gconstpointer b)
{
  const BijouChapter *first = *(BijouChapter *const *) a;
  const BijouChapter *second = *(BijouChapter *const *) b;

  return (first->start_ms > second->start_ms) - (first->start_ms < second->start_ms);
}

static void
add_chapters (BijouDetail *detail, JsonObject *row)
{
  g_autoptr (GPtrArray) chapters = bijou_json_get_objects (row, "Chapter");

  for (guint i = 0; i < chapters->len; i++)
    {
      JsonObject *object = g_ptr_array_index (chapters, i);
      gint64 start = bijou_json_get_int (object, "startTimeOffset", -1);
      BijouChapter *chapter;

      if (start < 0)
        continue;
      chapter = bijou_chapter_new (start, get_positive (object, "endTimeOffset"));
      chapter->title = bijou_json_dup_string (object, "tag");
      chapter->image =
          bijou_plex_image_make (BIJOU_PLEX_IMAGE_WIDE, bijou_json_get_string (object, "thumb"));
      g_ptr_array_add (detail->chapters, chapter);
    }
  g_ptr_array_sort (detail->chapters, compare_chapters);
}

static BijouSegmentKind
get_segment_kind (const char *type)
{
  for (guint i = 0; i < BIJOU_SEGMENT_OTHER; i++)
    if (g_strcmp0 (type, bijou_segment_kind_to_string ((BijouSegmentKind) i)) == 0)
      return (BijouSegmentKind) i;
  return BIJOU_SEGMENT_OTHER;
}

static int
compare_segments (gconstpointer a, gconstpointer b)
{
  const BijouSegment *first = *(BijouSegment *const *) a;
  const BijouSegment *second = *(BijouSegment *const *) b;

  return (first->start_ms > second->start_ms) - (first->start_ms < second->start_ms);
}

/* Markers come in no order, and their ids are not unique. */
static void
add_segments (BijouDetail *detail, JsonObject *row)
{
  g_autoptr (GPtrArray) markers = bijou_json_get_objects (row, "Marker");

  for (guint i = 0; i < markers->len; i++)
    {
      JsonObject *object = g_ptr_array_index (markers, i);
      gint64 start = bijou_json_get_int (object, "startTimeOffset", -1);
      gint64 end = bijou_json_get_int (object, "endTimeOffset", -1);
      BijouSegmentKind kind = get_segment_kind (bijou_json_get_string (object, "type"));

      if (start >= 0 && end > start)
        g_ptr_array_add (detail->segments, bijou_segment_new (kind, start, end));
    }
  g_ptr_array_sort (detail->segments, compare_segments);
}

/**
 * bijou_plex_parse_detail:
 * @row: the only element of `Metadata` of `GET /library/metadata/{id}`
 * @context: what it does not say itself
 *
 * Returns: (transfer full) (nullable): the detail, %NULL when bijou_plex_parse_item() knows no item
 */
BijouDetail *
bijou_plex_parse_detail (JsonObject *row, const BijouPlexContext *context)
{
  g_autoptr (BijouItem) item = bijou_plex_parse_item (row, context);
  BijouDetail *detail;

  if (item == NULL)
    return NULL;

  detail = bijou_detail_new (item);
  detail->studios = bijou_json_dup_strings (row, "studio", NULL);
  add_people_of (detail, row, "Role", "actor");
  add_people_of (detail, row, "Director", "director");
  add_people_of (detail, row, "Writer", "writer");
  add_people_of (detail, row, "Producer", "producer");
  add_versions (detail, row);
  add_chapters (detail, row);
  add_segments (detail, row);
  return detail;
}
