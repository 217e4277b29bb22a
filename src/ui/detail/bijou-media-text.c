#include "config.h"

#include "bijou-media-text.h"

#include "bijou-item-text.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

static BijouStream *
find_stream (BijouVersion *version, BijouStreamKind kind)
{
  g_autoptr (GPtrArray) streams = bijou_media_list_streams (version, kind);

  return bijou_media_find_selected (streams);
}

/**
 * bijou_media_list_streams:
 * @version: (nullable): a version
 * @kind: a kind of streams
 *
 * Returns: (transfer container) (element-type BijouStream): those of its first part
 */
GPtrArray *
bijou_media_list_streams (BijouVersion *version, BijouStreamKind kind)
{
  GPtrArray *streams = g_ptr_array_new ();
  BijouPart *part;

  if (version == NULL || version->parts->len == 0)
    return streams;
  part = version->parts->pdata[0];
  for (guint i = 0; i < part->streams->len; i++)
    if (((BijouStream *) part->streams->pdata[i])->kind == kind)
      g_ptr_array_add (streams, part->streams->pdata[i]);
  return streams;
}

/**
 * bijou_media_find_selected:
 * @streams: (element-type BijouStream): streams of one kind
 *
 * Returns: (transfer none) (nullable): the one that the server would choose, else the first sound
 *   or picture, but no subtitles
 */
BijouStream *
bijou_media_find_selected (GPtrArray *streams)
{
  BijouStream *first = NULL;

  for (guint i = 0; i < streams->len; i++)
    {
      BijouStream *stream = streams->pdata[i];

      if (stream->selected)
        return stream;
      if (first == NULL || (stream->is_default && !first->is_default))
        first = stream;
    }
  return first != NULL && first->kind != BIJOU_STREAM_SUBTITLE ? first : NULL;
}

static void
add (GPtrArray *parts, char *text)
{
  if (text != NULL)
    g_ptr_array_add (parts, text);
}

static char *
join (GPtrArray *parts)
{
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

/* Returns: (transfer full): "H.264", "Dolby Digital+"; what is not known in capitals */
static char *
describe_codec (const char *codec)
{
  static const struct
  {
    const char *codec, *name;
  } names[] = {
    { "h264", "H.264" },          { "mpeg2video", "MPEG-2" }, { "ac3", "Dolby Digital" },
    { "eac3", "Dolby Digital+" }, { "truehd", "TrueHD" },     { "dca", "DTS" },
    { "opus", "Opus" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (codec, names[i].codec) == 0)
      return g_strdup (names[i].name);
  return g_ascii_strup (codec, -1);
}

static char *
describe_picture (BijouVersion *version, BijouStream *video)
{
  g_autofree char *quality = bijou_item_text_quality (version->height);

  if (quality != NULL && video != NULL && video->range != NULL &&
      !g_str_equal (video->range, "SDR"))
    return g_strdup_printf ("%s %s", quality, video->range);
  return g_steal_pointer (&quality);
}

/* @picture: (transfer full) (nullable): what it is like, or its name */
static char *
describe_version (BijouVersion *version, char *picture)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  BijouStream *video = find_stream (version, BIJOU_STREAM_VIDEO);

  add (parts, picture);
  if (video != NULL && video->codec != NULL)
    add (parts, describe_codec (video->codec));
  if (version->size > 0)
    add (parts, g_format_size ((guint64) version->size));
  if (parts->len == 0)
    return g_strdup (_ ("Original"));
  return join (parts);
}

/**
 * bijou_media_text_version:
 * @version: a version
 *
 * Returns: (transfer full): "4K HDR10 · HEVC · 58.4 GB"
 */
char *
bijou_media_text_version (BijouVersion *version)
{
  return describe_version (version,
                           describe_picture (version, find_stream (version, BIJOU_STREAM_VIDEO)));
}

/**
 * bijou_media_text_choice:
 * @version: one of several versions
 *
 * Returns: (transfer full): "Director’s Cut · HEVC · 58.4 GB"
 */
char *
bijou_media_text_choice (BijouVersion *version)
{
  if (version->title == NULL || *version->title == '\0')
    return bijou_media_text_version (version);
  return describe_version (version, g_strdup (version->title));
}

/**
 * bijou_media_text_stream:
 * @stream: sound or subtitles
 *
 * Returns: (transfer full): what people call it
 */
char *
bijou_media_text_stream (BijouStream *stream)
{
  if (stream->title != NULL && *stream->title != '\0')
    return g_strdup (stream->title);
  if (stream->language != NULL && stream->codec != NULL)
    {
      g_autofree char *codec = describe_codec (stream->codec);

      return g_strdup_printf ("%s · %s", stream->language, codec);
    }
  if (stream->language != NULL)
    return g_strdup (stream->language);
  return stream->codec != NULL ? describe_codec (stream->codec) : g_strdup (_ ("Unknown"));
}

static char *
describe_range (BijouStream *video)
{
  if (video == NULL || video->range == NULL || g_str_equal (video->range, "SDR"))
    return NULL;
  return g_ascii_strup (video->range, -1);
}

static char *
describe_sound (BijouStream *audio)
{
  if (audio == NULL)
    return NULL;
  if (audio->title != NULL && strstr (audio->title, "Atmos") != NULL)
    return g_strdup ("ATMOS");
  if (audio->channels >= 8)
    return g_strdup ("7.1");
  return audio->channels >= 6 ? g_strdup ("5.1") : NULL;
}

/**
 * bijou_media_list_tags:
 * @item: an item
 * @version: (nullable): its best version, if known
 *
 * Returns: (transfer full) (element-type utf8): "4K", "HDR10", "ATMOS"
 */
GPtrArray *
bijou_media_list_tags (BijouItem *item, BijouVersion *version)
{
  GPtrArray *tags = g_ptr_array_new_with_free_func (g_free);
  int height = version != NULL && version->height > 0 ? version->height : item->video_height;

  /* Below HD there is nothing to be proud of. */
  if (height >= 700)
    add (tags, bijou_item_text_quality (height));
  if (version == NULL)
    return tags;
  add (tags, describe_range (find_stream (version, BIJOU_STREAM_VIDEO)));
  add (tags, describe_sound (find_stream (version, BIJOU_STREAM_AUDIO)));
  return tags;
}
