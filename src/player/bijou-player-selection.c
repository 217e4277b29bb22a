#include "config.h"

#include "bijou-player-private.h"

static gboolean
is_wanted (const char *stream_id, GPtrArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_str_equal (stream_id, g_ptr_array_index (ids, i)))
      return TRUE;
  return FALSE;
}

/* Adds the id of the @number-th stream of @kind, if there is one. */
static gboolean
add_stream_id (GstStreamCollection *streams, BijouTrackKind kind, int number, GList **ids)
{
  int n = 0;

  for (guint i = 0; i < gst_stream_collection_get_size (streams); i++)
    {
      GstStream *stream = gst_stream_collection_get_stream (streams, i);

      if (!bijou_track_matches_kind (stream, kind) || n++ != number)
        continue;
      *ids = g_list_append (*ids, g_strdup (gst_stream_get_stream_id (stream)));
      return TRUE;
    }
  return FALSE;
}

static int
count_streams (GstStreamCollection *streams, BijouTrackKind kind)
{
  int n = 0;

  for (guint i = 0; i < gst_stream_collection_get_size (streams); i++)
    if (bijou_track_matches_kind (gst_stream_collection_get_stream (streams, i), kind))
      n++;
  return n;
}

/* The number of the sound track that the file calls the default one. */
static int
find_default_audio (GstStreamCollection *streams)
{
  int n = 0;

  for (guint i = 0; i < gst_stream_collection_get_size (streams); i++)
    {
      GstStream *stream = gst_stream_collection_get_stream (streams, i);

      if (!bijou_track_matches_kind (stream, BIJOU_TRACK_AUDIO))
        continue;
      if ((gst_stream_get_stream_flags (stream) & GST_STREAM_FLAG_SELECT) != 0)
        return n;
      n++;
    }
  return 0;
}

/* (transfer full): the ids of all streams that shall play. */
static GList *
list_wanted_ids (BijouPlayer *self, GstStreamCollection *streams)
{
  GList *ids = NULL;
  int audio = self->audio_track >= 0 ? self->audio_track : find_default_audio (streams);
  int text = self->text_track;

  add_stream_id (streams, BIJOU_TRACK_VIDEO, 0, &ids);
  if (!add_stream_id (streams, BIJOU_TRACK_AUDIO, audio, &ids))
    add_stream_id (streams, BIJOU_TRACK_AUDIO, 0, &ids);
  /* Silenced text stays selected: taking it away from a running pipeline stops the picture. */
  if (self->has_text && !add_stream_id (streams, BIJOU_TRACK_TEXT, MAX (text, 0), &ids))
    add_stream_id (streams, BIJOU_TRACK_TEXT, 0, &ids);
  return ids;
}

static GstStreamCollection *
ref_streams (BijouPlayer *self)
{
  GstStreamCollection *streams;

  if (self->shared == NULL)
    return NULL;
  g_mutex_lock (&self->shared->lock);
  streams = self->shared->streams != NULL ? g_object_ref (self->shared->streams) : NULL;
  g_mutex_unlock (&self->shared->lock);
  return streams;
}

static void
send_event_in_thread (GstElement *pipeline, gpointer data)
{
  gst_element_send_event (pipeline, gst_event_ref (data));
}

/* Tells the pipeline all streams that shall play. */
void
bijou_player_send_selection (BijouPlayer *self)
{
  g_autoptr (GstStreamCollection) streams = ref_streams (self);
  GList *ids = streams != NULL ? list_wanted_ids (self, streams) : NULL;

  if (ids != NULL)
    bijou_player_run_do (self->run, send_event_in_thread, gst_event_new_select_streams (ids),
                         (GDestroyNotify) gst_event_unref);
  g_list_free_full (ids, g_free);
}

/* playbin3 begins with the first track of each kind. */
gboolean
bijou_player_needs_selection (BijouPlayer *self)
{
  g_autoptr (GstStreamCollection) streams = ref_streams (self);
  int audio;

  if (streams == NULL)
    return FALSE;
  audio = self->audio_track >= 0 ? self->audio_track : find_default_audio (streams);
  if (audio > 0 && audio < count_streams (streams, BIJOU_TRACK_AUDIO))
    return TRUE;
  if (!self->has_text || count_streams (streams, BIJOU_TRACK_TEXT) < 2)
    return FALSE;
  return self->text_track > 0;
}

static int
compare_overlay (gconstpointer a, gconstpointer b)
{
  GstElementFactory *factory = gst_element_get_factory (g_value_get_object (a));

  return factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), "subtitleoverlay") ? 0 : 1;
}

static void
apply_silence (BijouPlayer *self)
{
  g_autoptr (GstIterator) elements =
      gst_bin_iterate_recurse (GST_BIN (bijou_player_get_pipeline (self)));
  gboolean silent = self->text_track < 0;
  GValue found = G_VALUE_INIT;

  if (!gst_iterator_find_custom (elements, compare_overlay, &found, NULL))
    return;
  g_object_set (g_value_get_object (&found), "silent", silent, NULL);
  g_value_unset (&found);
}

void
bijou_player_shared_keep_streams (BijouPlayerShared *shared, GstMessage *message)
{
  g_autoptr (GstStreamCollection) streams = NULL;

  gst_message_parse_stream_collection (message, &streams);
  if (streams == NULL)
    return;

  g_mutex_lock (&shared->lock);
  g_set_object (&shared->streams, streams);
  g_mutex_unlock (&shared->lock);
}

static gboolean
shows_text (BijouPlayer *self)
{
  return self->has_text && self->text_track >= 0;
}

static void
update_tracks (BijouPlayer *self)
{
  g_autoptr (GstStreamCollection) streams = ref_streams (self);
  g_autoptr (GPtrArray) tracks = NULL;

  if (streams == NULL)
    return;
  tracks = bijou_track_list_collection (streams);
  for (guint i = 0; i < tracks->len; i++)
    {
      BijouTrack *track = g_ptr_array_index (tracks, i);

      track->selected = is_wanted (track->id, self->selected) &&
                        (track->kind != BIJOU_TRACK_TEXT || shows_text (self));
    }
  g_ptr_array_unref (self->tracks);
  self->tracks = g_steal_pointer (&tracks);
  g_signal_emit_by_name (self, "tracks-changed");
}

void
bijou_player_on_streams_selected (BijouPlayer *self, GstMessage *message)
{
  g_ptr_array_set_size (self->selected, 0);
  for (guint i = 0; i < gst_message_streams_selected_get_size (message); i++)
    {
      g_autoptr (GstStream) stream = gst_message_streams_selected_get_stream (message, i);

      g_ptr_array_add (self->selected, g_strdup (gst_stream_get_stream_id (stream)));
    }
  update_tracks (self);
}

GPtrArray *
bijou_player_get_tracks (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), NULL);

  return self->tracks;
}

static void
apply_tracks (BijouPlayer *self)
{
  if (self->text_track >= 0 && !self->has_text)
    {
      bijou_player_reload (self);
      return;
    }
  if (!self->prerolled)
    return;
  apply_silence (self);
  bijou_player_send_selection (self);
  update_tracks (self);
  /* Else the old sound goes on for as long as the queues are. */
  if (!self->ended)
    bijou_player_seek (self, bijou_player_get_position (self), BIJOU_SEEK_ACCURATE);
}

/**
 * bijou_player_select_track:
 * @self: a player
 * @kind: audio or text
 * @number: which one of that kind, from 0; -1: no text
 *
 * `tracks-changed` follows when it is done. Main thread.
 */
void
bijou_player_select_track (BijouPlayer *self, BijouTrackKind kind, int number)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));
  g_return_if_fail (kind != BIJOU_TRACK_VIDEO);

  if (!bijou_player_is_loaded (self))
    return;
  if (kind == BIJOU_TRACK_AUDIO)
    self->audio_track = number;
  else
    self->text_track = number;
  apply_tracks (self);
}

/* The number of the track of @kind that plays, -1 none. */
int
bijou_player_get_selected_track (BijouPlayer *self, BijouTrackKind kind)
{
  int n = 0;

  g_return_val_if_fail (BIJOU_IS_PLAYER (self), -1);

  for (guint i = 0; i < self->tracks->len; i++)
    {
      BijouTrack *track = g_ptr_array_index (self->tracks, i);

      if (track->kind != kind)
        continue;
      if (track->selected)
        return n;
      n++;
    }
  return -1;
}
