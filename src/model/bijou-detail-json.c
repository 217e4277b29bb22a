#include "config.h"

#include "bijou-detail.h"

#include "bijou-json.h"

/* The form in which details are kept in the database and printed by --info: the member names are
 * those of the command line and do not change their meaning. */

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  if (text == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  if (value == 0)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_flag (JsonBuilder *builder, const char *name, gboolean value)
{
  if (!value)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, TRUE);
}

static void
add_array (JsonBuilder *builder, const char *name, GPtrArray *items, GFunc add)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  g_ptr_array_foreach (items, add, builder);
  json_builder_end_array (builder);
}

static void
add_person (gpointer data, gpointer user_data)
{
  BijouPerson *person = data;
  JsonBuilder *builder = user_data;

  json_builder_begin_object (builder);
  add_text (builder, "id", person->id);
  add_text (builder, "name", person->name);
  add_text (builder, "role", person->role);
  add_text (builder, "kind", person->kind);
  add_text (builder, "image", person->image);
  json_builder_end_object (builder);
}

static void
add_stream (gpointer data, gpointer user_data)
{
  BijouStream *stream = data;
  JsonBuilder *builder = user_data;

  json_builder_begin_object (builder);
  add_text (builder, "id", stream->id);
  add_text (builder, "kind", bijou_stream_kind_to_string (stream->kind));
  json_builder_set_member_name (builder, "index");
  json_builder_add_int_value (builder, stream->index);
  add_text (builder, "codec", stream->codec);
  add_text (builder, "language", stream->language);
  add_text (builder, "title", stream->title);
  add_int (builder, "channels", stream->channels);
  add_int (builder, "width", stream->width);
  add_int (builder, "height", stream->height);
  if (stream->frame_rate > 0)
    {
      json_builder_set_member_name (builder, "frame_rate");
      json_builder_add_double_value (builder, stream->frame_rate);
    }
  add_text (builder, "range", stream->range);
  add_int (builder, "bitrate", stream->bitrate);
  add_flag (builder, "default", stream->is_default);
  add_flag (builder, "forced", stream->forced);
  add_flag (builder, "selected", stream->selected);
  add_flag (builder, "external", stream->external);
  add_text (builder, "key", stream->key);
  json_builder_end_object (builder);
}

static void
add_part (gpointer data, gpointer user_data)
{
  BijouPart *part = data;
  JsonBuilder *builder = user_data;

  json_builder_begin_object (builder);
  add_text (builder, "id", part->id);
  add_text (builder, "key", part->key);
  add_text (builder, "container", part->container);
  add_text (builder, "version_tag", part->version_tag);
  add_int (builder, "size", part->size);
  add_int (builder, "duration_ms", part->duration_ms);
  add_array (builder, "streams", part->streams, add_stream);
  json_builder_end_object (builder);
}

static void
add_version (gpointer data, gpointer user_data)
{
  BijouVersion *version = data;
  JsonBuilder *builder = user_data;

  json_builder_begin_object (builder);
  add_text (builder, "id", version->id);
  add_text (builder, "title", version->title);
  add_text (builder, "container", version->container);
  add_int (builder, "bitrate", version->bitrate);
  add_int (builder, "size", version->size);
  add_int (builder, "width", version->width);
  add_int (builder, "height", version->height);
  add_int (builder, "duration_ms", version->duration_ms);
  add_array (builder, "parts", version->parts, add_part);
  json_builder_end_object (builder);
}

static void
add_chapter (gpointer data, gpointer user_data)
{
  BijouChapter *chapter = data;
  JsonBuilder *builder = user_data;

  json_builder_begin_object (builder);
  add_text (builder, "title", chapter->title);
  json_builder_set_member_name (builder, "start_ms");
  json_builder_add_int_value (builder, chapter->start_ms);
  add_int (builder, "end_ms", chapter->end_ms);
  add_text (builder, "image", chapter->image);
  json_builder_end_object (builder);
}

static void
add_segment (gpointer data, gpointer user_data)
{
  BijouSegment *segment = data;
  JsonBuilder *builder = user_data;

  json_builder_begin_object (builder);
  add_text (builder, "kind", bijou_segment_kind_to_string (segment->kind));
  json_builder_set_member_name (builder, "start_ms");
  json_builder_add_int_value (builder, segment->start_ms);
  json_builder_set_member_name (builder, "end_ms");
  json_builder_add_int_value (builder, segment->end_ms);
  json_builder_end_object (builder);
}

static void
add_string (gpointer data, gpointer user_data)
{
  json_builder_add_string_value (user_data, data);
}

static void
add_studios (JsonBuilder *builder, char **studios)
{
  json_builder_set_member_name (builder, "studios");
  json_builder_begin_array (builder);
  for (guint i = 0; studios != NULL && studios[i] != NULL; i++)
    json_builder_add_string_value (builder, studios[i]);
  json_builder_end_array (builder);
}

/**
 * bijou_detail_to_json:
 * @self: a detail
 *
 * Everything but the item itself.
 *
 * Returns: (transfer full): a JSON object
 */
JsonNode *
bijou_detail_to_json (BijouDetail *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  add_studios (builder, self->studios);
  add_array (builder, "people", self->people, add_person);
  add_array (builder, "chapters", self->chapters, add_chapter);
  add_array (builder, "segments", self->segments, add_segment);
  add_array (builder, "versions", self->versions, add_version);
  add_array (builder, "similar", self->similar, add_string);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static BijouPerson *
read_person (JsonObject *object)
{
  BijouPerson *person = bijou_person_new (bijou_json_get_string (object, "name"),
                                          bijou_json_get_string (object, "kind"));

  person->id = bijou_json_dup_text (object, "id");
  person->role = bijou_json_dup_string (object, "role");
  person->image = bijou_json_dup_string (object, "image");
  return person;
}

static guint
read_kind (JsonObject *object, const char *(*to_string) (guint kind), guint last)
{
  const char *name = bijou_json_get_string (object, "kind");

  for (guint kind = 0; kind < last; kind++)
    if (g_strcmp0 (name, to_string (kind)) == 0)
      return kind;
  return last;
}

static const char *
stream_kind_name (guint kind)
{
  return bijou_stream_kind_to_string ((BijouStreamKind) kind);
}

static const char *
segment_kind_name (guint kind)
{
  return bijou_segment_kind_to_string ((BijouSegmentKind) kind);
}

static BijouStream *
read_stream (JsonObject *object)
{
  BijouStream *stream = bijou_stream_new (read_kind (object, stream_kind_name, BIJOU_STREAM_OTHER),
                                          bijou_json_get_string (object, "id"));

  stream->index = bijou_json_get_int (object, "index", -1);
  stream->codec = bijou_json_dup_string (object, "codec");
  stream->language = bijou_json_dup_string (object, "language");
  stream->title = bijou_json_dup_string (object, "title");
  stream->channels = bijou_json_get_int (object, "channels", 0);
  stream->width = bijou_json_get_int (object, "width", 0);
  stream->height = bijou_json_get_int (object, "height", 0);
  stream->frame_rate = bijou_json_get_double (object, "frame_rate", 0);
  stream->range = bijou_json_dup_string (object, "range");
  stream->bitrate = bijou_json_get_int (object, "bitrate", 0);
  stream->is_default = bijou_json_get_boolean (object, "default", FALSE);
  stream->forced = bijou_json_get_boolean (object, "forced", FALSE);
  stream->selected = bijou_json_get_boolean (object, "selected", FALSE);
  stream->external = bijou_json_get_boolean (object, "external", FALSE);
  stream->key = bijou_json_dup_string (object, "key");
  return stream;
}

static BijouPart *
read_part (JsonObject *object)
{
  BijouPart *part =
      bijou_part_new (bijou_json_get_string (object, "id"), bijou_json_get_string (object, "key"));
  g_autoptr (GPtrArray) streams = bijou_json_get_objects (object, "streams");

  part->container = bijou_json_dup_string (object, "container");
  part->version_tag = bijou_json_dup_string (object, "version_tag");
  part->size = bijou_json_get_int (object, "size", 0);
  part->duration_ms = bijou_json_get_int (object, "duration_ms", 0);
  for (guint i = 0; i < streams->len; i++)
    g_ptr_array_add (part->streams, read_stream (g_ptr_array_index (streams, i)));
  return part;
}

static BijouVersion *
read_version (JsonObject *object)
{
  BijouVersion *version = bijou_version_new (bijou_json_get_string (object, "id"));
  g_autoptr (GPtrArray) parts = bijou_json_get_objects (object, "parts");

  version->title = bijou_json_dup_string (object, "title");
  version->container = bijou_json_dup_string (object, "container");
  version->bitrate = bijou_json_get_int (object, "bitrate", 0);
  version->size = bijou_json_get_int (object, "size", 0);
  version->width = bijou_json_get_int (object, "width", 0);
  version->height = bijou_json_get_int (object, "height", 0);
  version->duration_ms = bijou_json_get_int (object, "duration_ms", 0);
  for (guint i = 0; i < parts->len; i++)
    g_ptr_array_add (version->parts, read_part (g_ptr_array_index (parts, i)));
  return version;
}

static BijouChapter *
read_chapter (JsonObject *object)
{
  BijouChapter *chapter = bijou_chapter_new (bijou_json_get_int (object, "start_ms", 0),
                                             bijou_json_get_int (object, "end_ms", 0));

  chapter->title = bijou_json_dup_string (object, "title");
  chapter->image = bijou_json_dup_string (object, "image");
  return chapter;
}

static BijouSegment *
read_segment (JsonObject *object)
{
  return bijou_segment_new (read_kind (object, segment_kind_name, BIJOU_SEGMENT_OTHER),
                            bijou_json_get_int (object, "start_ms", 0),
                            bijou_json_get_int (object, "end_ms", 0));
}

static void
read_array (JsonObject *object, const char *name, GPtrArray *into, gpointer (*read) (JsonObject *))
{
  g_autoptr (GPtrArray) objects = bijou_json_get_objects (object, name);

  for (guint i = 0; i < objects->len; i++)
    g_ptr_array_add (into, read (g_ptr_array_index (objects, i)));
}

/**
 * bijou_detail_from_json:
 * @item: the item that it belongs to
 * @node: what bijou_detail_to_json() made
 *
 * Returns: (transfer full): the detail; empty where @node is not as expected
 */
BijouDetail *
bijou_detail_from_json (BijouItem *item, JsonNode *node)
{
  BijouDetail *self = bijou_detail_new (item);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_auto (GStrv) similar = bijou_json_dup_strings (object, "similar", NULL);

  self->studios = bijou_json_dup_strings (object, "studios", NULL);
  read_array (object, "people", self->people, (gpointer) read_person);
  read_array (object, "versions", self->versions, (gpointer) read_version);
  read_array (object, "chapters", self->chapters, (gpointer) read_chapter);
  read_array (object, "segments", self->segments, (gpointer) read_segment);
  for (guint i = 0; similar != NULL && similar[i] != NULL; i++)
    g_ptr_array_add (self->similar, g_strdup (similar[i]));
  return self;
}
