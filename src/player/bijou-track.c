#include "config.h"

#include "bijou-track.h"

#include <gst/pbutils/pbutils.h>
#include <gst/tag/tag.h>

static GstStreamType
get_stream_type (BijouTrackKind kind)
{
  switch (kind)
    {
    case BIJOU_TRACK_VIDEO:
      return GST_STREAM_TYPE_VIDEO;
    case BIJOU_TRACK_AUDIO:
      return GST_STREAM_TYPE_AUDIO;
    case BIJOU_TRACK_TEXT:
    default:
      return GST_STREAM_TYPE_TEXT;
    }
}

/**
 * bijou_track_matches_kind:
 * @stream: a stream
 * @kind: a kind
 *
 * Returns: whether @stream is of @kind. Any thread.
 */
gboolean
bijou_track_matches_kind (GstStream *stream, BijouTrackKind kind)
{
  return (gst_stream_get_stream_type (stream) & get_stream_type (kind)) != 0;
}

static void
read_tags (BijouTrack *self, GstStream *stream)
{
  g_autoptr (GstTagList) tags = gst_stream_get_tags (stream);
  const char *codec_tag = self->kind == BIJOU_TRACK_VIDEO   ? GST_TAG_VIDEO_CODEC
                          : self->kind == BIJOU_TRACK_AUDIO ? GST_TAG_AUDIO_CODEC
                                                            : GST_TAG_SUBTITLE_CODEC;

  if (tags == NULL)
    return;
  gst_tag_list_get_string (tags, GST_TAG_LANGUAGE_CODE, &self->language);
  gst_tag_list_get_string (tags, GST_TAG_TITLE, &self->title);
  gst_tag_list_get_string (tags, codec_tag, &self->codec);
}

static void
read_caps (BijouTrack *self, GstStream *stream)
{
  g_autoptr (GstCaps) caps = gst_stream_get_caps (stream);
  GstStructure *structure;
  int numerator;
  int denominator;

  if (caps == NULL || gst_caps_is_empty (caps) || gst_caps_is_any (caps))
    return;

  structure = gst_caps_get_structure (caps, 0);
  gst_structure_get_int (structure, "channels", &self->channels);
  gst_structure_get_int (structure, "width", &self->width);
  gst_structure_get_int (structure, "height", &self->height);
  if (gst_structure_get_fraction (structure, "framerate", &numerator, &denominator) &&
      denominator > 0)
    self->frame_rate = (double) numerator / denominator;
  if (self->codec == NULL && gst_caps_is_fixed (caps))
    self->codec = gst_pb_utils_get_codec_description (caps);
}

/**
 * bijou_track_new:
 * @stream: a video, audio or text stream
 *
 * Returns: (transfer full): what is known of it. Any thread.
 */
BijouTrack *
bijou_track_new (GstStream *stream)
{
  BijouTrack *self = g_new0 (BijouTrack, 1);

  self->id = g_strdup (gst_stream_get_stream_id (stream));
  self->kind = BIJOU_TRACK_VIDEO;
  if (bijou_track_matches_kind (stream, BIJOU_TRACK_AUDIO))
    self->kind = BIJOU_TRACK_AUDIO;
  else if (bijou_track_matches_kind (stream, BIJOU_TRACK_TEXT))
    self->kind = BIJOU_TRACK_TEXT;
  read_tags (self, stream);
  read_caps (self, stream);
  return self;
}

void
bijou_track_free (BijouTrack *self)
{
  g_free (self->id);
  g_free (self->language);
  g_free (self->title);
  g_free (self->codec);
  g_free (self);
}

/**
 * bijou_track_list_collection:
 * @collection: what the pipeline found
 *
 * Returns: (transfer full) (element-type BijouTrack): video, audio and text in the file's order.
 * Any thread.
 */
GPtrArray *
bijou_track_list_collection (GstStreamCollection *collection)
{
  GPtrArray *tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_track_free);
  GstStreamType known = GST_STREAM_TYPE_VIDEO | GST_STREAM_TYPE_AUDIO | GST_STREAM_TYPE_TEXT;

  for (guint i = 0; i < gst_stream_collection_get_size (collection); i++)
    {
      GstStream *stream = gst_stream_collection_get_stream (collection, i);

      if ((gst_stream_get_stream_type (stream) & known) != 0)
        g_ptr_array_add (tracks, bijou_track_new (stream));
    }
  return tracks;
}

char *
bijou_track_dup_language_name (const char *code)
{
  const char *name = code != NULL ? gst_tag_get_language_name (code) : NULL;

  return g_strdup (name != NULL ? name : code);
}

gboolean
bijou_track_is_same_language (const char *a, const char *b)
{
  const char *left = a != NULL ? gst_tag_get_language_code_iso_639_1 (a) : NULL;
  const char *right = b != NULL ? gst_tag_get_language_code_iso_639_1 (b) : NULL;

  if (a == NULL || b == NULL)
    return FALSE;
  return g_ascii_strcasecmp (left != NULL ? left : a, right != NULL ? right : b) == 0;
}
