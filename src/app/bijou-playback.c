#include "config.h"

#include "bijou-playback-private.h"

#include "bijou-prefetch.h"
#include "bijou-progress.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

/* What may follow the credits: a last picture, not a scene. */
#define AFTER_CREDITS_MS 15000

struct _BijouPlayback
{
  GObject parent_instance;

  BijouContext *context;     /* (owned) */
  BijouPlayer *player;       /* (owned) */
  BijouPlayQueue *queue;     /* (owned) */
  BijouWorker *reporter;     /* (owned) */
  GCancellable *reporting;   /* (owned) ends what the reporter still tells */
  BijouProgress *progress;   /* (owned) (nullable) of the item that plays */
  BijouOpening *opened;      /* (owned) (nullable) what plays */
  BijouItem *item;           /* (owned) (nullable) what plays or is being opened */
  BijouPlayChoices *choices; /* (owned) (nullable) what was asked for */
  char *session_id;          /* (owned) (nullable) of this playback */
  GCancellable *cancellable; /* (owned) (nullable) of the opening and the neighbours */
  GError *error;             /* (owned) (nullable) */
  guint report_interval_ms;
  gboolean opening;
  gboolean fresh;   /* the opening asked the server for the details anew */
  gboolean started; /* what was opened has shown a picture */
  gboolean ended;
  gint64 asked_us;  /* when the opening was asked for; for the log */
  gint64 wanted_ms; /* where the opening will begin, -1 resume */
};

G_DEFINE_FINAL_TYPE (BijouPlayback, bijou_playback, G_TYPE_OBJECT)

enum
{
  SIGNAL_ITEM_CHANGED,
  SIGNAL_STATE_CHANGED,
  SIGNAL_POSITION_CHANGED,
  SIGNAL_TRACKS_CHANGED,
  SIGNAL_READY,
  SIGNAL_ENDED,
  SIGNAL_REVOKED,
  SIGNAL_FAILED,
  SIGNAL_NOTICE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
emit (BijouPlayback *self, guint signal)
{
  g_signal_emit (self, signals[signal], 0);
}

/* --- reports --- */

static void
read_point (BijouPlayback *self, BijouProgressPoint *point)
{
  point->position_ms = bijou_playback_get_position (self);
  point->duration_ms = bijou_playback_get_duration (self);
  point->paused = !bijou_player_wants_to_play (self->player) && !self->ended &&
                  bijou_player_get_state (self->player) != BIJOU_PLAYER_ENDED;
  point->stalled = bijou_player_get_state (self->player) == BIJOU_PLAYER_STALLED;
  if (point->duration_ms > 0)
    point->position_ms = MIN (point->position_ms, point->duration_ms);
}

static const BijouStream *
find_selected_stream (BijouPlayback *self, BijouTrackKind kind)
{
  g_autoptr (GPtrArray) tracks = bijou_playback_list_tracks (self, kind);

  for (guint i = 0; i < tracks->len; i++)
    {
      BijouPlaybackTrack *track = g_ptr_array_index (tracks, i);

      if (track->selected)
        return track->stream;
    }
  return NULL;
}

/* Who has come to the last credits has seen it. */
static gboolean
is_in_last_credits (BijouPlayback *self, gint64 position_ms, gint64 duration_ms)
{
  const BijouSegment *segment = bijou_playback_find_segment (self, position_ms);

  return segment != NULL && segment->kind == BIJOU_SEGMENT_CREDITS &&
         segment->end_ms + AFTER_CREDITS_MS >= duration_ms;
}

static BijouReportKind
get_report_kind (BijouProgressKind kind)
{
  switch (kind)
    {
    case BIJOU_PROGRESS_START:
      return BIJOU_REPORT_START;
    case BIJOU_PROGRESS_STOP:
      return BIJOU_REPORT_STOP;
    case BIJOU_PROGRESS_UPDATE:
    default:
      return BIJOU_REPORT_PROGRESS;
    }
}

static void
on_progress_cb (BijouProgressKind kind, const BijouProgressPoint *point, gpointer user_data)
{
  BijouPlayback *self = BIJOU_PLAYBACK (user_data);
  const BijouStream *audio = find_selected_stream (self, BIJOU_TRACK_AUDIO);
  const BijouStream *text = find_selected_stream (self, BIJOU_TRACK_TEXT);
  g_autoptr (BijouReport) report =
      bijou_report_new (get_report_kind (kind), self->session_id, self->item->remote_id);

  report->version_id = g_strdup (self->opened->version->id);
  report->part_id = g_strdup (self->opened->part->id);
  report->position_ms = point->position_ms;
  if (kind == BIJOU_PROGRESS_STOP &&
      is_in_last_credits (self, point->position_ms, point->duration_ms))
    report->position_ms = point->duration_ms;
  report->duration_ms = point->duration_ms;
  report->paused = point->paused;
  report->buffering = point->stalled;
  report->audio_id = g_strdup (audio != NULL ? audio->id : NULL);
  report->subtitle_id = g_strdup (text != NULL ? text->id : NULL);
  bijou_report_job_push (self->reporter, self->reporting, self->context, self->item, report);
}

static void
move_progress (BijouPlayback *self)
{
  BijouProgressPoint point;

  if (self->progress == NULL || self->opened == NULL || self->opening)
    return;
  read_point (self, &point);
  bijou_progress_move (self->progress, &point);
}

static void
report_now (BijouPlayback *self)
{
  BijouProgressPoint point;

  if (self->progress == NULL || self->opened == NULL || self->opening)
    return;
  read_point (self, &point);
  bijou_progress_report (self->progress, &point);
}

/* --- what comes before and after --- */

static void
on_neighbours_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouPlayback *self = BIJOU_PLAYBACK (source);
  BijouNeighbours *neighbours = g_task_propagate_pointer (G_TASK (result), NULL);

  if (neighbours == NULL)
    return;
  if (self->item == g_task_get_task_data (G_TASK (result)))
    bijou_play_queue_set_neighbours (self->queue, bijou_play_queue_get_current (self->queue),
                                     neighbours->previous, neighbours->next);
  bijou_neighbours_free (neighbours);
}

static void
find_neighbours (BijouPlayback *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->item->kind != BIJOU_ITEM_EPISODE)
    return;
  task = g_task_new (self, self->cancellable, on_neighbours_cb, NULL);
  g_task_set_task_data (task, g_object_ref (self->item), g_object_unref);
  bijou_context_run_async (self->context, task, bijou_neighbours_find_in_worker);
}

/* --- opening --- */

static void
fail (BijouPlayback *self, const GError *error)
{
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  self->opening = FALSE;
  emit (self, SIGNAL_STATE_CHANGED);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, self->error);
}

static void
load_player (BijouPlayback *self)
{
  BijouOpening *opened = self->opened;
  BijouPlayerLoad load = { .source = BIJOU_BYTE_SOURCE (opened->source),
                           .container = opened->part->container,
                           .start_ms = MAX (0, opened->start_ms - opened->part_offset_ms) };

  bijou_opening_choose_tracks (opened->part, bijou_context_get_settings (self->context),
                               self->choices, &load.audio_track, &load.text_track);
  bijou_player_load (self->player, &load);
}

static void open_item (BijouPlayback *self, gint64 start_ms, int part_number, gboolean fresh);

/* The file may have been replaced since the details were kept. */
static gboolean
open_afresh (BijouPlayback *self, const GError *error)
{
  if (!g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND) || self->started || self->fresh)
    return FALSE;
  open_item (self, self->wanted_ms, -1, TRUE);
  return TRUE;
}

static void
on_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouPlayback *self = BIJOU_PLAYBACK (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (!bijou_error_is_cancelled (error) && !open_afresh (self, error))
        fail (self, error);
      return;
    }

  g_debug ("opened after %" G_GINT64_FORMAT " ms",
           (g_get_monotonic_time () - self->asked_us) / 1000);
  self->opening = FALSE;
  g_clear_pointer (&self->opened, bijou_opening_free);
  self->opened = g_object_steal_data (G_OBJECT (result), "opening");
  g_set_object (&self->item, self->opened->item);
  self->wanted_ms = self->opened->start_ms;
  load_player (self);
  emit (self, SIGNAL_ITEM_CHANGED);
  find_neighbours (self);
}

static void
open_item (BijouPlayback *self, gint64 start_ms, int part_number, gboolean fresh)
{
  BijouOpening *opening = bijou_opening_new (self->context, self->item, self->session_id);
  g_autoptr (GTask) task = NULL;

  opening->start_ms = start_ms;
  opening->part_number = part_number;
  opening->fresh = fresh;
  opening->version_id = g_strdup (self->choices != NULL ? self->choices->version_id : NULL);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->opening = TRUE;
  self->fresh = fresh;
  self->started = FALSE;
  self->asked_us = g_get_monotonic_time ();
  self->ended = FALSE;
  self->wanted_ms = start_ms;
  g_clear_error (&self->error);

  task = g_task_new (self, self->cancellable, on_opened_cb, NULL);
  g_task_set_source_tag (task, open_item);
  g_task_set_task_data (task, opening, NULL);
  /* The result outlives the worker's use of it. */
  g_object_set_data_full (G_OBJECT (task), "opening", opening, (GDestroyNotify) bijou_opening_free);
  bijou_context_run_async (self->context, task, bijou_opening_run_in_worker);
  emit (self, SIGNAL_STATE_CHANGED);
}

/* --- what the player says --- */

static void
on_ready_cb (BijouPlayer *player, BijouPlayback *self)
{
  BijouProgressPoint point;

  g_debug ("ready %" G_GINT64_FORMAT " ms after it was asked for",
           (g_get_monotonic_time () - self->asked_us) / 1000);
  self->started = TRUE;
  read_point (self, &point);
  if (bijou_progress_is_running (self->progress))
    bijou_progress_report (self->progress, &point);
  else
    bijou_progress_begin (self->progress, &point);
  emit (self, SIGNAL_READY);
}

static gboolean
has_next_part (BijouPlayback *self)
{
  return self->opened != NULL &&
         self->opened->part_number + 1 < (int) self->opened->version->parts->len;
}

static void
on_ended_cb (BijouPlayer *player, BijouPlayback *self)
{
  if (has_next_part (self))
    {
      gint64 start = self->opened->part_offset_ms + self->opened->part->duration_ms;

      open_item (self, start, self->opened->part_number + 1, FALSE);
      return;
    }
  self->ended = TRUE;
  move_progress (self);
  bijou_progress_stop (self->progress);
  emit (self, SIGNAL_STATE_CHANGED);
  emit (self, SIGNAL_ENDED);
}

static void
on_failed_cb (BijouPlayer *player, GError *error, BijouPlayback *self)
{
  if (open_afresh (self, error))
    return;
  if (self->progress != NULL)
    bijou_progress_stop (self->progress);
  fail (self, error);
}

static void
on_state_cb (BijouPlayer *player, GParamSpec *pspec, BijouPlayback *self)
{
  move_progress (self);
  emit (self, SIGNAL_STATE_CHANGED);
}

static void
on_position_cb (BijouPlayer *player, GParamSpec *pspec, BijouPlayback *self)
{
  if (bijou_player_get_state (player) == BIJOU_PLAYER_PLAYING ||
      bijou_player_get_state (player) == BIJOU_PLAYER_PAUSED)
    move_progress (self);
  emit (self, SIGNAL_POSITION_CHANGED);
}

static void
on_seeked_cb (BijouPlayer *player, gint64 position_ms, BijouPlayback *self)
{
  report_now (self);
}

static void
on_tracks_cb (BijouPlayer *player, BijouPlayback *self)
{
  emit (self, SIGNAL_TRACKS_CHANGED);
}

static void
on_decoder_missing_cb (BijouPlayer *player, const char *description, BijouPlayback *self)
{
  g_autofree char *sentence = g_strdup_printf (_ ("Not on this computer: %s"), description);

  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, sentence);
}

static void
on_no_sound_cb (BijouPlayer *player, BijouPlayback *self)
{
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, _ ("No sound device was found"));
}

/* --- object --- */

static void
close_item (BijouPlayback *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  move_progress (self);
  if (self->progress != NULL)
    bijou_progress_stop (self->progress);
  g_clear_object (&self->progress);
  bijou_player_stop (self->player);
  g_clear_pointer (&self->opened, bijou_opening_free);
  g_clear_error (&self->error);
  self->opening = FALSE;
  self->ended = FALSE;
}

/* --- the server --- */

/* Nothing of it is for whoever is signed in now. */
static void
end_revoked (BijouPlayback *self)
{
  g_message ("playback stopped, for another user is at the server, or nobody");
  g_cancellable_cancel (self->reporting);
  g_object_unref (self->reporting);
  self->reporting = g_cancellable_new ();
  g_clear_object (&self->progress);
  bijou_playback_stop (self);
  emit (self, SIGNAL_REVOKED);
}

static void
on_server_state_cb (BijouContext *context, const char *server_id, BijouPlayback *self)
{
  g_autoptr (BijouBackend) backend = NULL;

  if (self->opened == NULL || !g_str_equal (self->item->server_id, server_id))
    return;
  backend = bijou_context_get_backend (context, server_id);
  if (self->opened->backend != NULL && backend != self->opened->backend)
    end_revoked (self);
}

static void
bijou_playback_dispose (GObject *object)
{
  BijouPlayback *self = BIJOU_PLAYBACK (object);

  if (self->player != NULL)
    {
      close_item (self);
      g_signal_handlers_disconnect_by_data (self->player, self);
    }
  if (self->reporter != NULL)
    bijou_report_worker_stop (self->reporter, self->reporting);
  g_clear_object (&self->player);
  g_clear_object (&self->queue);
  g_clear_object (&self->reporter);
  g_clear_object (&self->reporting);
  g_clear_object (&self->item);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_playback_parent_class)->dispose (object);
}

static void
bijou_playback_finalize (GObject *object)
{
  BijouPlayback *self = BIJOU_PLAYBACK (object);

  bijou_play_choices_free (self->choices);
  g_free (self->session_id);

  G_OBJECT_CLASS (bijou_playback_parent_class)->finalize (object);
}

static void
bijou_playback_class_init (BijouPlaybackClass *klass)
{
  static const char *const plain[] = { "item-changed",   "state-changed", "position-changed",
                                       "tracks-changed", "ready",         "ended",
                                       "revoked" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bijou_playback_dispose;
  object_class->finalize = bijou_playback_finalize;

  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    signals[i] = g_signal_new (plain[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_NOTICE] = g_signal_new ("notice", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bijou_playback_init (BijouPlayback *self)
{
  self->queue = bijou_play_queue_new ();
  self->reporter = bijou_worker_new ("bijou-report");
  self->reporting = g_cancellable_new ();
  self->report_interval_ms = BIJOU_PROGRESS_INTERVAL_MS;
}

static void
connect_player (BijouPlayback *self)
{
  g_signal_connect (self->player, "ready", G_CALLBACK (on_ready_cb), self);
  g_signal_connect (self->player, "ended", G_CALLBACK (on_ended_cb), self);
  g_signal_connect (self->player, "failed", G_CALLBACK (on_failed_cb), self);
  g_signal_connect (self->player, "notify::state", G_CALLBACK (on_state_cb), self);
  g_signal_connect (self->player, "notify::position", G_CALLBACK (on_position_cb), self);
  g_signal_connect (self->player, "notify::duration", G_CALLBACK (on_position_cb), self);
  g_signal_connect (self->player, "seeked", G_CALLBACK (on_seeked_cb), self);
  g_signal_connect (self->player, "tracks-changed", G_CALLBACK (on_tracks_cb), self);
  g_signal_connect (self->player, "chapters-changed", G_CALLBACK (on_tracks_cb), self);
  g_signal_connect (self->player, "decoder-missing", G_CALLBACK (on_decoder_missing_cb), self);
  g_signal_connect (self->player, "no-sound", G_CALLBACK (on_no_sound_cb), self);
}

/**
 * bijou_playback_new:
 * @context: the services
 * @video_sink: (transfer floating): where pictures go
 * @audio_sink: (transfer floating) (nullable): where sound goes; NULL: the system's output
 *
 * Main thread, after gst_init().
 *
 * Returns: (transfer full): a playback of nothing
 */
BijouPlayback *
bijou_playback_new (BijouContext *context, GstElement *video_sink, GstElement *audio_sink)
{
  GSettings *settings = bijou_context_get_settings (context);
  BijouPlayback *self = g_object_new (BIJOU_TYPE_PLAYBACK, NULL);

  self->context = g_object_ref (context);
  bijou_player_set_hardware_decoding (g_settings_get_boolean (settings, "hardware-decoding"));
  self->player = bijou_player_new (video_sink, audio_sink);
  g_settings_bind (settings, "volume", self->player, "volume", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "muted", self->player, "muted", G_SETTINGS_BIND_DEFAULT);
  connect_player (self);
  g_signal_connect_object (context, "server-state-changed", G_CALLBACK (on_server_state_cb), self,
                           0);
  bijou_prefetch_attend (bijou_context_get_prefetch (context), self);
  return self;
}

/**
 * bijou_playback_play:
 * @self: a playback
 * @item: a film, an episode, a video
 * @start_ms: where to begin; -1: where it was left
 * @choices: (nullable): what was chosen; NULL: the best version, tracks by the preferences
 *
 * Ends what plays and opens @item. `ready` or `failed` follow.
 */
void
bijou_playback_play (BijouPlayback *self,
                     BijouItem *item,
                     gint64 start_ms,
                     const BijouPlayChoices *choices)
{
  BijouPlayChoices *kept = bijou_play_choices_copy (choices);

  g_return_if_fail (BIJOU_IS_PLAYBACK (self));
  g_return_if_fail (BIJOU_IS_ITEM (item));

  close_item (self);
  g_set_object (&self->item, item);
  bijou_play_choices_free (self->choices);
  self->choices = g_steal_pointer (&kept);
  g_free (self->session_id);
  self->session_id = bijou_text_make_uuid ();
  self->progress = bijou_progress_new (self->report_interval_ms, on_progress_cb, self);
  bijou_player_set_subtitle_scale (
      self->player,
      g_settings_get_double (bijou_context_get_settings (self->context), "subtitle-scale"));
  bijou_play_queue_set_current (self->queue, item);
  open_item (self, start_ms, -1, FALSE);
  emit (self, SIGNAL_ITEM_CHANGED);
}

/* Opens what failed again, at the place where it was. */
void
bijou_playback_retry (BijouPlayback *self)
{
  g_autoptr (BijouItem) item = NULL;
  gint64 position_ms;

  g_return_if_fail (BIJOU_IS_PLAYBACK (self));

  if (self->item == NULL)
    return;
  item = g_object_ref (self->item);
  position_ms = self->opened != NULL ? bijou_playback_get_position (self) : self->wanted_ms;
  bijou_playback_play (self, item, position_ms, self->choices);
}

/* For a user who does not want to wait: opens what failed again, or asks the server at once. */
void
bijou_playback_try_now (BijouPlayback *self)
{
  g_return_if_fail (BIJOU_IS_PLAYBACK (self));

  if (self->error != NULL)
    bijou_playback_retry (self);
  else if (self->opened != NULL)
    bijou_cache_entry_retry_now (bijou_entry_source_get_entry (self->opened->source));
}

/* Ends what plays; the server is told in the background. */
void
bijou_playback_stop (BijouPlayback *self)
{
  g_return_if_fail (BIJOU_IS_PLAYBACK (self));

  close_item (self);
  bijou_play_queue_set_current (self->queue, NULL);
  emit (self, SIGNAL_STATE_CHANGED);
}

static gboolean
play_neighbour (BijouPlayback *self, BijouItem *neighbour)
{
  g_autoptr (BijouItem) item = NULL;

  if (neighbour == NULL)
    return FALSE;
  item = g_object_ref (neighbour);
  bijou_playback_play (self, item, item->watched ? 0 : -1, NULL);
  return TRUE;
}

gboolean
bijou_playback_play_next (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), FALSE);

  return play_neighbour (self, bijou_play_queue_get_next (self->queue));
}

gboolean
bijou_playback_play_previous (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), FALSE);

  return play_neighbour (self, bijou_play_queue_get_previous (self->queue));
}

static gboolean
is_in_part (BijouPlayback *self, gint64 position_ms)
{
  gint64 from = self->opened->part_offset_ms;
  gint64 to = from + self->opened->part->duration_ms;

  return position_ms >= from &&
         (position_ms < to || !has_next_part (self) || self->opened->part->duration_ms <= 0);
}

/* In ms of the whole film. */
void
bijou_playback_seek (BijouPlayback *self, gint64 position_ms, BijouSeekMode mode)
{
  gint64 duration;

  g_return_if_fail (BIJOU_IS_PLAYBACK (self));

  if (self->opened == NULL || self->opening)
    return;
  duration = bijou_playback_get_duration (self);
  position_ms = CLAMP (position_ms, 0, duration > 0 ? duration : G_MAXINT64);
  if (self->ended)
    {
      bijou_playback_play (self, self->item, position_ms, self->choices);
      return;
    }
  if (is_in_part (self, position_ms))
    bijou_player_seek (self->player, position_ms - self->opened->part_offset_ms, mode);
  else if (mode == BIJOU_SEEK_ACCURATE)
    open_item (self, position_ms, -1, FALSE);
}

gint64
bijou_playback_get_position (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), 0);

  if (self->opened == NULL || self->opening)
    return MAX (self->wanted_ms, 0);
  return self->opened->part_offset_ms + bijou_player_get_position (self->player);
}

/* In ms; 0 unknown. */
gint64
bijou_playback_get_duration (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), 0);

  if (self->item == NULL)
    return 0;
  if (self->opened == NULL)
    return self->item->duration_ms;
  /* The file itself knows best. */
  if (self->opened->version->parts->len == 1 && bijou_player_get_duration (self->player) > 0)
    return bijou_player_get_duration (self->player);
  return bijou_opening_get_duration (self->opened->version, self->item);
}

BijouPlayerState
bijou_playback_get_state (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), BIJOU_PLAYER_IDLE);

  if (self->error != NULL)
    return BIJOU_PLAYER_FAILED;
  if (self->opening)
    return BIJOU_PLAYER_LOADING;
  if (self->ended)
    return BIJOU_PLAYER_ENDED;
  return bijou_player_get_state (self->player);
}

/* (nullable) */
const GError *
bijou_playback_get_error (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), NULL);

  return self->error;
}

BijouPlayer *
bijou_playback_get_player (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), NULL);

  return self->player;
}

BijouPlayQueue *
bijou_playback_get_queue (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), NULL);

  return self->queue;
}

/* (nullable) */
BijouItem *
bijou_playback_get_item (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), NULL);

  return self->item;
}

BijouDetail *
bijou_playback_get_detail (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), NULL);

  return self->opened != NULL ? self->opened->detail : NULL;
}

BijouVersion *
bijou_playback_get_version (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), NULL);

  return self->opened != NULL ? self->opened->version : NULL;
}

BijouPart *
bijou_playback_get_part (BijouPlayback *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), NULL);

  return self->opened != NULL ? self->opened->part : NULL;
}

BijouContext *
bijou_playback_get_context (BijouPlayback *self)
{
  return self->context;
}

BijouOpening *
bijou_playback_get_opened (BijouPlayback *self)
{
  return self->opened;
}

GPtrArray *
bijou_playback_get_chapters (BijouPlayback *self)
{
  BijouDetail *detail = bijou_playback_get_detail (self);

  g_return_val_if_fail (BIJOU_IS_PLAYBACK (self), NULL);

  if (detail != NULL && (detail->chapters->len > 0 || self->opened->version->parts->len > 1))
    return detail->chapters;
  return bijou_player_get_chapters (self->player);
}

void
bijou_playback_set_report_interval (BijouPlayback *self, guint interval_ms)
{
  g_return_if_fail (BIJOU_IS_PLAYBACK (self));

  self->report_interval_ms = interval_ms;
}

void
bijou_playback_flush (BijouPlayback *self)
{
  g_return_if_fail (BIJOU_IS_PLAYBACK (self));

  bijou_worker_stop (self->reporter);
  g_object_unref (self->reporter);
  self->reporter = bijou_worker_new ("bijou-report");
}
