#include "config.h"

#include "bijou-playback-private.h"

#include "bijou-media-cache.h"
#include "bijou-part-origin.h"

/* Who stopped in the credits begins anew. */
#define END_FRACTION 0.95
#define REWIND_MS 5000

BijouOpening *
bijou_opening_new (BijouContext *context, BijouItem *item, const char *session_id)
{
  BijouOpening *self = g_new0 (BijouOpening, 1);

  self->context = g_object_ref (context);
  self->item = g_object_ref (item);
  self->session_id = g_strdup (session_id);
  self->start_ms = -1;
  self->part_number = -1;
  return self;
}

void
bijou_opening_free (BijouOpening *self)
{
  g_clear_object (&self->source);
  g_clear_object (&self->backend);
  g_clear_object (&self->detail);
  g_clear_object (&self->item);
  g_clear_object (&self->context);
  g_free (self->version_id);
  g_free (self->session_id);
  g_free (self);
}

/**
 * bijou_opening_get_duration:
 * @version: (nullable): a version
 * @item: its item
 *
 * Returns: the length of the whole film in ms, 0 unknown. Any thread.
 */
gint64
bijou_opening_get_duration (BijouVersion *version, BijouItem *item)
{
  gint64 sum = 0;

  if (version == NULL)
    return item->duration_ms;
  if (version->parts->len < 2)
    return version->duration_ms > 0 ? version->duration_ms : item->duration_ms;
  for (guint i = 0; i < version->parts->len; i++)
    sum += ((BijouPart *) g_ptr_array_index (version->parts, i))->duration_ms;
  return sum > 0 ? sum : item->duration_ms;
}

static BijouVersion *
find_version (BijouDetail *detail, const char *version_id)
{
  BijouVersion *best = NULL;

  for (guint i = 0; i < detail->versions->len; i++)
    {
      BijouVersion *version = g_ptr_array_index (detail->versions, i);

      if (version->parts->len == 0)
        continue;
      if (version_id == NULL || g_str_equal (version->id, version_id))
        return version;
      if (best == NULL)
        best = version;
    }
  return best;
}

static void
choose_start_in_worker (BijouOpening *self)
{
  GSettings *settings = bijou_context_get_settings (self->context);
  gint64 duration = bijou_opening_get_duration (self->version, self->item);

  if (self->start_ms >= 0)
    return;
  self->start_ms = self->item->position_ms;
  if (duration > 0 && self->start_ms > duration * END_FRACTION)
    self->start_ms = 0;
  if (g_settings_get_boolean (settings, "rewind-on-resume"))
    self->start_ms = MAX (0, self->start_ms - REWIND_MS);
}

static void
choose_part_in_worker (BijouOpening *self)
{
  GPtrArray *parts = self->version->parts;
  gint64 offset = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      BijouPart *part = g_ptr_array_index (parts, i);
      gboolean is_last = i + 1 == parts->len || part->duration_ms <= 0;
      gboolean is_here = self->part_number >= 0 ? self->part_number == (int) i
                                                : self->start_ms < offset + part->duration_ms;

      if (is_here || is_last)
        {
          self->part = part;
          self->part_number = i;
          self->part_offset_ms = offset;
          return;
        }
      offset += part->duration_ms;
    }
}

static void
read_item_in_worker (BijouOpening *self)
{
  BijouItem *stored = bijou_store_get_item (bijou_context_get_store (self->context),
                                            self->item->server_id, self->item->remote_id, NULL);

  if (stored == NULL)
    return;
  g_object_unref (self->item);
  self->item = stored;
}

/**
 * bijou_opening_find_part_in_worker:
 * @self: what is wanted
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Fills in the mirror's row, the details, the version, the part and where to begin, as an opening
 * does. Blocking.
 *
 * Returns: %FALSE on error
 */
gboolean
bijou_opening_find_part_in_worker (BijouOpening *self, GCancellable *cancellable, GError **error)
{
  read_item_in_worker (self);
  g_clear_object (&self->detail);
  self->detail =
      bijou_context_load_detail (self->context, self->item, self->fresh, cancellable, error);
  if (self->detail == NULL)
    return FALSE;

  self->version = find_version (self->detail, self->version_id);
  if (self->version == NULL)
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "no file is behind it");
      return FALSE;
    }
  choose_start_in_worker (self);
  choose_part_in_worker (self);
  return TRUE;
}

/* The server tells what the whole film takes at most, or on average. */
static gint64
get_bitrate (BijouOpening *self)
{
  gint64 average = 0;

  if (self->part->size > 0 && self->part->duration_ms > 0)
    average = (gint64) ((double) self->part->size * 8000 / self->part->duration_ms);
  return MAX (average, self->version->bitrate);
}

static gboolean
open_part_in_worker (BijouOpening *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (BijouMediaOrigin) origin = NULL;
  g_autoptr (BijouCacheEntry) entry = NULL;
  BijouCacheKey key;

  g_clear_object (&self->backend);
  self->backend = bijou_context_get_backend (self->context, self->item->server_id);
  /* With nobody signed in, what is complete in the cache still plays. */
  if (self->backend != NULL)
    origin = bijou_part_origin_new (self->backend, self->detail, self->part, self->session_id);
  bijou_part_origin_fill_key (self->detail, self->part, &key);
  entry = bijou_media_cache_open_to_play (bijou_context_get_media_cache (self->context), &key,
                                          origin, get_bitrate (self));
  self->source = bijou_entry_source_new (entry, cancellable, error);
  if (self->source == NULL)
    return FALSE;
  bijou_entry_source_set_patient (self->source);
  return TRUE;
}

void
bijou_opening_run_in_worker (GTask *task,
                             gpointer source,
                             gpointer task_data,
                             GCancellable *cancellable)
{
  BijouOpening *self = task_data;
  GError *error = NULL;

  if (bijou_opening_find_part_in_worker (self, cancellable, &error) &&
      open_part_in_worker (self, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* --- what to begin with --- */

typedef gboolean (*StreamMatch) (BijouStream *stream, const char *wanted);

static gboolean
match_selected (BijouStream *stream, const char *language)
{
  return stream->selected;
}

static gboolean
match_language (BijouStream *stream, const char *language)
{
  return bijou_track_is_same_language (stream->language, language);
}

static gboolean
match_forced (BijouStream *stream, const char *language)
{
  return stream->forced;
}

static gboolean
match_any (BijouStream *stream, const char *language)
{
  return TRUE;
}

static gboolean
match_id (BijouStream *stream, const char *id)
{
  return g_strcmp0 (stream->id, id) == 0;
}

/* The number among the file's own streams of @kind, -1 none. */
static int
find_stream (BijouPart *part, BijouStreamKind kind, StreamMatch match, const char *wanted)
{
  int n = 0;

  for (guint i = 0; i < part->streams->len; i++)
    {
      BijouStream *stream = g_ptr_array_index (part->streams, i);

      if (stream->kind != kind || stream->external)
        continue;
      if (match (stream, wanted))
        return n;
      n++;
    }
  return -1;
}

static int
choose_audio (BijouPart *part, const char *language)
{
  int n = -1;

  if (*language != '\0')
    n = find_stream (part, BIJOU_STREAM_AUDIO, match_language, language);
  return n >= 0 ? n : find_stream (part, BIJOU_STREAM_AUDIO, match_selected, NULL);
}

static int
choose_text (BijouPart *part, const char *mode, const char *language)
{
  int n;

  if (g_str_equal (mode, "none"))
    return -1;
  if (g_str_equal (mode, "forced"))
    return find_stream (part, BIJOU_STREAM_SUBTITLE, match_forced, NULL);
  n = find_stream (part, BIJOU_STREAM_SUBTITLE, match_selected, NULL);
  if (!g_str_equal (mode, "always"))
    return n;
  if (*language != '\0' && find_stream (part, BIJOU_STREAM_SUBTITLE, match_language, language) >= 0)
    n = find_stream (part, BIJOU_STREAM_SUBTITLE, match_language, language);
  return n >= 0 ? n : find_stream (part, BIJOU_STREAM_SUBTITLE, match_any, NULL);
}

/**
 * bijou_opening_choose_tracks:
 * @part: what will play
 * @settings: the user's preferences
 * @choices: (nullable): what the user chose, which wins
 * @audio: (out): number among the sound tracks, -1 the file's default
 * @text: (out): number among the text tracks, -1 none
 *
 * What a film begins with: the user's languages, else what the server would choose. Any thread.
 */
void
bijou_opening_choose_tracks (
    BijouPart *part, GSettings *settings, const BijouPlayChoices *choices, int *audio, int *text)
{
  g_autofree char *audio_language = g_settings_get_string (settings, "audio-language");
  g_autofree char *text_language = g_settings_get_string (settings, "subtitle-language");
  g_autofree char *mode = g_settings_get_string (settings, "subtitle-mode");

  *audio = choose_audio (part, audio_language);
  *text = choose_text (part, mode, text_language);
  if (choices != NULL && choices->audio_id != NULL)
    *audio = find_stream (part, BIJOU_STREAM_AUDIO, match_id, choices->audio_id);
  if (choices != NULL && choices->subtitle_id != NULL)
    *text = find_stream (part, BIJOU_STREAM_SUBTITLE, match_id, choices->subtitle_id);
}
