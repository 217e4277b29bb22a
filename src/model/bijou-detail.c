#include "config.h"

#include "bijou-detail.h"

G_DEFINE_FINAL_TYPE (BijouDetail, bijou_detail, G_TYPE_OBJECT)

static const char *stream_kinds[] = { "video", "audio", "subtitle", "other" };
static const char *segment_kinds[] = {
  "intro", "credits", "recap", "preview", "commercial", "other"
};

/**
 * bijou_stream_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): its name on the command line
 */
const char *
bijou_stream_kind_to_string (BijouStreamKind kind)
{
  return (guint) kind < G_N_ELEMENTS (stream_kinds) ? stream_kinds[kind] : "other";
}

/**
 * bijou_segment_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): its name on the command line
 */
const char *
bijou_segment_kind_to_string (BijouSegmentKind kind)
{
  return (guint) kind < G_N_ELEMENTS (segment_kinds) ? segment_kinds[kind] : "other";
}

static void
bijou_detail_finalize (GObject *object)
{
  BijouDetail *self = BIJOU_DETAIL (object);

  g_clear_object (&self->item);
  g_strfreev (self->studios);
  g_ptr_array_unref (self->people);
  g_ptr_array_unref (self->versions);
  g_ptr_array_unref (self->chapters);
  g_ptr_array_unref (self->segments);
  g_ptr_array_unref (self->similar);

  G_OBJECT_CLASS (bijou_detail_parent_class)->finalize (object);
}

static void
bijou_detail_class_init (BijouDetailClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_detail_finalize;
}

static void
bijou_detail_init (BijouDetail *self)
{
  self->people = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_person_free);
  self->versions = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_version_free);
  self->chapters = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_chapter_free);
  self->segments = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_segment_free);
  self->similar = g_ptr_array_new_with_free_func (g_free);
}

/**
 * bijou_detail_new:
 * @item: the item that it belongs to
 *
 * Returns: (transfer full): an empty record to be filled before it is handed on
 */
BijouDetail *
bijou_detail_new (BijouItem *item)
{
  BijouDetail *self = g_object_new (BIJOU_TYPE_DETAIL, NULL);

  self->item = g_object_ref (item);
  return self;
}

/**
 * bijou_detail_find_part:
 * @self: a detail
 * @part_id: (nullable): a part's id, %NULL for the first part of the best version
 * @version: (out) (optional) (transfer none): the version that it belongs to
 *
 * Returns: (transfer none) (nullable): the part
 */
BijouPart *
bijou_detail_find_part (BijouDetail *self, const char *part_id, BijouVersion **version)
{
  for (guint i = 0; i < self->versions->len; i++)
    {
      BijouVersion *candidate = g_ptr_array_index (self->versions, i);

      for (guint j = 0; j < candidate->parts->len; j++)
        {
          BijouPart *part = g_ptr_array_index (candidate->parts, j);

          if (part_id != NULL && g_strcmp0 (part->id, part_id) != 0)
            continue;
          if (version != NULL)
            *version = candidate;
          return part;
        }
    }
  return NULL;
}

/**
 * bijou_person_new:
 * @name: the name
 * @kind: "actor", "director", "writer", …
 *
 * Returns: (transfer full): a person
 */
BijouPerson *
bijou_person_new (const char *name, const char *kind)
{
  BijouPerson *self = g_new0 (BijouPerson, 1);

  self->name = g_strdup (name);
  self->kind = g_strdup (kind);
  return self;
}

/**
 * bijou_person_free:
 * @self: (transfer full): a person
 */
void
bijou_person_free (BijouPerson *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->role);
  g_free (self->kind);
  g_free (self->image);
  g_free (self);
}

/**
 * bijou_stream_new:
 * @kind: what it carries
 * @id: the server's identifier of it
 *
 * Returns: (transfer full): a stream
 */
BijouStream *
bijou_stream_new (BijouStreamKind kind, const char *id)
{
  BijouStream *self = g_new0 (BijouStream, 1);

  self->kind = kind;
  self->id = g_strdup (id);
  self->index = -1;
  return self;
}

/**
 * bijou_stream_free:
 * @self: (transfer full): a stream
 */
void
bijou_stream_free (BijouStream *self)
{
  g_free (self->id);
  g_free (self->codec);
  g_free (self->language);
  g_free (self->title);
  g_free (self->range);
  g_free (self->key);
  g_free (self);
}

/**
 * bijou_part_new:
 * @id: the server's identifier of it
 * @key: the backend's reference to its bytes
 *
 * Returns: (transfer full): a part without streams
 */
BijouPart *
bijou_part_new (const char *id, const char *key)
{
  BijouPart *self = g_new0 (BijouPart, 1);

  self->id = g_strdup (id);
  self->key = g_strdup (key);
  self->streams = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_stream_free);
  return self;
}

/**
 * bijou_part_free:
 * @self: (transfer full): a part
 */
void
bijou_part_free (BijouPart *self)
{
  g_free (self->id);
  g_free (self->key);
  g_free (self->container);
  g_free (self->version_tag);
  g_ptr_array_unref (self->streams);
  g_free (self);
}

/**
 * bijou_version_new:
 * @id: the server's identifier of it
 *
 * Returns: (transfer full): a version without parts
 */
BijouVersion *
bijou_version_new (const char *id)
{
  BijouVersion *self = g_new0 (BijouVersion, 1);

  self->id = g_strdup (id);
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_part_free);
  return self;
}

/**
 * bijou_version_free:
 * @self: (transfer full): a version
 */
void
bijou_version_free (BijouVersion *self)
{
  g_free (self->id);
  g_free (self->title);
  g_free (self->container);
  g_ptr_array_unref (self->parts);
  g_free (self);
}

/**
 * bijou_chapter_new:
 * @start_ms: where it begins
 * @end_ms: where it ends, 0 unknown
 *
 * Returns: (transfer full): a chapter
 */
BijouChapter *
bijou_chapter_new (gint64 start_ms, gint64 end_ms)
{
  BijouChapter *self = g_new0 (BijouChapter, 1);

  self->start_ms = start_ms;
  self->end_ms = end_ms;
  return self;
}

/**
 * bijou_chapter_free:
 * @self: (transfer full): a chapter
 */
void
bijou_chapter_free (BijouChapter *self)
{
  g_free (self->title);
  g_free (self->image);
  g_free (self);
}

/**
 * bijou_segment_new:
 * @kind: what it is
 * @start_ms: where it begins
 * @end_ms: where it ends
 *
 * Returns: (transfer full): a segment
 */
BijouSegment *
bijou_segment_new (BijouSegmentKind kind, gint64 start_ms, gint64 end_ms)
{
  BijouSegment *self = g_new0 (BijouSegment, 1);

  self->kind = kind;
  self->start_ms = start_ms;
  self->end_ms = end_ms;
  return self;
}

/**
 * bijou_segment_free:
 * @self: (transfer full): a segment
 */
void
bijou_segment_free (BijouSegment *self)
{
  g_free (self);
}
