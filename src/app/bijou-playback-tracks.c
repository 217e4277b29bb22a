#include "config.h"

#include "bijou-playback-private.h"

#include <glib/gi18n.h>

void
bijou_playback_track_free (BijouPlaybackTrack *self)
{
  g_free (self->title);
  g_free (self->detail);
  g_free (self);
}

static BijouStreamKind
get_stream_kind (BijouTrackKind kind)
{
  return kind == BIJOU_TRACK_AUDIO ? BIJOU_STREAM_AUDIO : BIJOU_STREAM_SUBTITLE;
}

static guint
count_own_streams (BijouPart *part, BijouStreamKind kind)
{
  guint n = 0;

  for (guint i = 0; i < part->streams->len; i++)
    {
      BijouStream *stream = g_ptr_array_index (part->streams, i);

      if (stream->kind == kind && !stream->external)
        n++;
    }
  return n;
}

/* The server's description of the @number-th track. Servers hide tracks now and then: then theirs
 * cannot be matched by number. */
static const BijouStream *
find_stream (BijouPart *part, BijouStreamKind kind, guint number, guint n_tracks)
{
  if (part == NULL || count_own_streams (part, kind) != n_tracks)
    return NULL;
  for (guint i = 0; i < part->streams->len; i++)
    {
      const BijouStream *stream = g_ptr_array_index (part->streams, i);

      if (stream->kind == kind && !stream->external && number-- == 0)
        return stream;
    }
  return NULL;
}

static char *
describe_channels (int channels)
{
  switch (channels)
    {
    case 0:
      return NULL;
    case 1:
      return g_strdup (_ ("Mono"));
    case 2:
      return g_strdup (_ ("Stereo"));
    default:
      return channels >= 6 ? g_strdup_printf ("%d.1", channels - 1)
                           : g_strdup_printf ("%d.0", channels);
    }
}

/* Servers use the names of decoders. */
static char *
format_codec (const char *codec)
{
  static const char *const names[][2] = {
    { "subrip", "SRT" }, { "srt", "SRT" },          { "mov_text", "Text" },
    { "pgs", "PGS" },    { "pgssub", "PGS" },       { "hdmv_pgs_subtitle", "PGS" },
    { "ac3", "AC-3" },   { "eac3", "E-AC-3" },      { "dca", "DTS" },
    { "opus", "Opus" },  { "vorbis", "Vorbis" },    { "truehd", "TrueHD" },
    { "vtt", "WebVTT" }, { "dvd_subtitle", "DVD" }, { "webvtt", "WebVTT" },
    { "vobsub", "DVD" }, { "dvb_subtitle", "DVB" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (codec, names[i][0]) == 0)
      return g_strdup (names[i][1]);
  return g_ascii_strup (codec, -1);
}

static char *
describe_codec (const BijouStream *stream, const BijouTrack *track)
{
  if (stream != NULL && stream->codec != NULL)
    return format_codec (stream->codec);
  return g_strdup (track != NULL ? track->codec : NULL);
}

static char *
make_detail (const BijouStream *stream, const BijouTrack *track)
{
  g_autofree char *codec = describe_codec (stream, track);
  g_autofree char *channels = NULL;
  int n = stream != NULL && stream->channels > 0 ? stream->channels
          : track != NULL                        ? track->channels
                                                 : 0;

  channels = describe_channels (n);
  if (stream != NULL && stream->kind == BIJOU_STREAM_SUBTITLE)
    {
      /* Translators: kinds of subtitles: for foreign dialogue only; in a file of their own */
      const char *kind = stream->forced ? _ ("Forced") : stream->external ? _ ("File") : NULL;

      return kind != NULL && codec != NULL ? g_strdup_printf ("%s · %s", kind, codec)
                                           : g_steal_pointer (&codec);
    }
  if (codec == NULL || channels == NULL)
    return codec != NULL ? g_steal_pointer (&codec) : g_steal_pointer (&channels);
  return g_strdup_printf ("%s %s", codec, channels);
}

static char *
make_title (const BijouStream *stream, const BijouTrack *track, guint number)
{
  const char *language = stream != NULL && stream->language != NULL ? stream->language
                         : track != NULL                            ? track->language
                                                                    : NULL;
  const char *title = track != NULL ? track->title : NULL;

  if (language != NULL && !bijou_track_is_same_language (language, "und"))
    return bijou_track_dup_language_name (language);
  if (title != NULL)
    return g_strdup (title);
  if (stream != NULL && stream->title != NULL)
    return g_strdup (stream->title);
  return g_strdup_printf (_ ("Track %u"), number + 1);
}

static void
add_track (GPtrArray *list,
           const BijouStream *stream,
           const BijouTrack *track,
           int number,
           gboolean selected)
{
  BijouPlaybackTrack *choice = g_new0 (BijouPlaybackTrack, 1);

  choice->title = make_title (stream, track, list->len);
  choice->detail = make_detail (stream, track);
  choice->number = number;
  choice->stream = stream;
  choice->selected = selected;
  g_ptr_array_add (list, choice);
}

/**
 * bijou_playback_list_tracks:
 * @self: a playback
 * @kind: audio or text
 *
 * Returns: (transfer full) (element-type BijouPlaybackTrack): what can be chosen now
 */
GPtrArray *
bijou_playback_list_tracks (BijouPlayback *self, BijouTrackKind kind)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_playback_track_free);
  GPtrArray *tracks = bijou_player_get_tracks (bijou_playback_get_player (self));
  BijouPart *part = bijou_playback_get_part (self);
  guint n_tracks = 0;
  int number = 0;

  for (guint i = 0; i < tracks->len; i++)
    if (((BijouTrack *) g_ptr_array_index (tracks, i))->kind == kind)
      n_tracks++;
  for (guint i = 0; i < tracks->len; i++)
    {
      const BijouTrack *track = g_ptr_array_index (tracks, i);

      if (track->kind != kind)
        continue;
      add_track (list, find_stream (part, get_stream_kind (kind), number, n_tracks), track, number,
                 track->selected);
      number++;
    }
  return list;
}

/**
 * bijou_playback_select_track:
 * @self: a playback
 * @kind: audio or text
 * @track: (nullable): one of bijou_playback_list_tracks(); NULL: no text
 *
 * `tracks-changed` follows.
 */
void
bijou_playback_select_track (BijouPlayback *self,
                             BijouTrackKind kind,
                             const BijouPlaybackTrack *track)
{
  g_return_if_fail (BIJOU_IS_PLAYBACK (self));
  g_return_if_fail (track != NULL || kind == BIJOU_TRACK_TEXT);

  bijou_player_select_track (bijou_playback_get_player (self), kind,
                             track != NULL ? track->number : -1);
}
