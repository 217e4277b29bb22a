#include "config.h"

#include "live.h"

#include "bijou-outbox.h"
#include "bijou-text.h"

/* Below this a server may not keep a position at all. */
#define SHORTEST_MS (10 * 60 * 1000)
#define TOLERANCE_MS 2000
/* A server may write what it was told a little later. */
#define TRIES 10
#define TRY_MS 500

typedef struct
{
  gboolean watched;
  gint64 position_ms;
} Expected;

static BijouItem *
read_item (Live *self, BijouItem *item, GError **error)
{
  g_autoptr (BijouDetail) detail =
      bijou_backend_fetch_detail (self->backend, item->remote_id, NULL, error);

  return detail != NULL ? g_object_ref (detail->item) : NULL;
}

static gboolean
is_as (BijouItem *item, const Expected *expected)
{
  return item->watched == expected->watched &&
         ABS (item->position_ms - expected->position_ms) <= TOLERANCE_MS &&
         (expected->position_ms != 0 || item->position_ms == 0);
}

static void
check_state (Live *self, BijouItem *item, const char *asked, const Expected *expected)
{
  g_autofree char *text =
      g_strdup_printf ("%s at %" G_GINT64_FORMAT " s",
                       expected->watched ? "watched" : "not watched", expected->position_ms / 1000);
  g_autoptr (BijouItem) now = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < TRIES; i++)
    {
      g_clear_error (&error);
      g_clear_object (&now);
      now = read_item (self, item, &error);
      if (now != NULL && is_as (now, expected))
        break;
      g_usleep (TRY_MS * 1000);
    }
  if (now == NULL)
    live_check_done (self, FALSE, asked, error);
  else
    live_check (self, is_as (now, expected), asked, text, "%s at %" G_GINT64_FORMAT " s",
                now->watched ? "watched" : "not watched", now->position_ms / 1000);
}

/* --- reports --- */

static gboolean
report (Live *self, BijouReport *told, BijouReportKind kind, gint64 position_ms, const char *asked)
{
  g_autoptr (GError) error = NULL;

  told->kind = kind;
  told->position_ms = position_ms;
  if (bijou_backend_report (self->backend, told, NULL, &error))
    return live_check_done (self, TRUE, asked, NULL);
  if (!g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN))
    return live_check_done (self, FALSE, asked, error);
  self->read_only = TRUE;
  live_skip (self, asked, "this user may not: %s", error->message);
  return FALSE;
}

static const char *
get_selected (BijouDetail *detail, BijouStreamKind kind)
{
  BijouVersion *version = detail->versions->len > 0 ? detail->versions->pdata[0] : NULL;
  BijouPart *part = version != NULL && version->parts->len > 0 ? version->parts->pdata[0] : NULL;

  for (guint i = 0; part != NULL && i < part->streams->len; i++)
    {
      BijouStream *stream = part->streams->pdata[i];

      if (stream->kind == kind && stream->selected)
        return stream->id;
    }
  return NULL;
}

/* A report that fails is followed by the others all the same, so that nothing is left playing. The
 * tracks are those of the server's own choice, as it may remember them. */
static void
report_playback (Live *self, BijouItem *item, BijouDetail *detail)
{
  g_autofree char *session_id = bijou_text_make_uuid ();
  g_autoptr (BijouReport) told = bijou_report_new (BIJOU_REPORT_START, session_id, item->remote_id);
  BijouVersion *version = detail->versions->len > 0 ? detail->versions->pdata[0] : NULL;
  Expected expected = { FALSE, item->duration_ms / 4 };
  gboolean good;

  if (version != NULL)
    told->version_id = g_strdup (version->id);
  if (version != NULL && version->parts->len > 0)
    told->part_id = g_strdup (((BijouPart *) version->parts->pdata[0])->id);
  told->audio_id = g_strdup (get_selected (detail, BIJOU_STREAM_AUDIO));
  told->subtitle_id = g_strdup (get_selected (detail, BIJOU_STREAM_SUBTITLE));
  told->duration_ms = item->duration_ms;
  good = report (self, told, BIJOU_REPORT_START, 0, "report: start");
  good &= report (self, told, BIJOU_REPORT_PROGRESS, item->duration_ms / 5, "report: progress");
  told->paused = TRUE;
  good &= report (self, told, BIJOU_REPORT_PROGRESS, item->duration_ms / 4, "report: pause");
  good &= report (self, told, BIJOU_REPORT_STOP, item->duration_ms / 4, "report: stop");
  if (good)
    check_state (self, item, "state after the reports", &expected);
}

/* --- marks, by the way that the window's marks go --- */

static gboolean
send_change (
    Live *self, BijouItem *item, BijouChangeKind kind, gint64 position_ms, const char *asked)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouItem) row =
      bijou_store_get_item (self->store, item->server_id, item->remote_id, &error);
  g_autoptr (GPtrArray) left = NULL;

  if (row == NULL || !bijou_store_make_change (self->store, row, kind, position_ms, &error) ||
      !bijou_outbox_flush (self->store, self->backend, NULL, NULL, &error))
    return live_check_done (self, FALSE, asked, error);
  left = bijou_store_list_changes (self->store, item->server_id, NULL);
  return live_check (self, left != NULL && left->len == 0, asked, "the server to take it", "%s",
                     left == NULL || left->len > 0 ? "it still waits to be sent" : "sent");
}

static void
change_marks (Live *self, BijouItem *item)
{
  Expected begun = { FALSE, item->duration_ms * 2 / 5 };
  Expected watched = { TRUE, 0 };
  Expected unwatched = { FALSE, 0 };

  if (send_change (self, item, BIJOU_CHANGE_POSITION, begun.position_ms, "mark: a position"))
    check_state (self, item, "state after the position", &begun);
  if (send_change (self, item, BIJOU_CHANGE_WATCHED, 0, "mark: watched"))
    check_state (self, item, "state after the mark", &watched);
  if (send_change (self, item, BIJOU_CHANGE_UNWATCHED, 0, "mark: unwatched"))
    check_state (self, item, "state after the mark was undone", &unwatched);
}

static void
set_favourite (Live *self, BijouItem *item, gboolean favourite, const char *asked)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouItem) now = NULL;

  if (!bijou_backend_set_favourite (self->backend, item->remote_id, favourite, NULL, &error))
    {
      live_check_done (self, FALSE, asked, error);
      return;
    }
  now = read_item (self, item, &error);
  live_check (self, now != NULL && now->favourite == favourite, asked,
              favourite ? "a favourite" : "no favourite", "%s",
              now == NULL      ? error->message
              : now->favourite ? "a favourite"
                               : "no favourite");
}

/* --- as it was --- */

/* The mark comes last: it also takes back when it was played, and how often. What is as it was
 * already may be refused. */
static void
restore (Live *self, BijouItem *item)
{
  bijou_backend_set_position (self->backend, item->remote_id, 0, item->duration_ms, NULL, NULL);
  bijou_backend_set_favourite (self->backend, item->remote_id, FALSE, NULL, NULL);
  bijou_backend_set_watched (self->backend, item->remote_id, FALSE, NULL, NULL);
}

static void
check_tracks (Live *self, const char *asked, BijouDetail *before, BijouDetail *now)
{
  const char *audio = get_selected (now, BIJOU_STREAM_AUDIO);
  const char *subtitle = get_selected (now, BIJOU_STREAM_SUBTITLE);

  live_check (self,
              g_strcmp0 (audio, get_selected (before, BIJOU_STREAM_AUDIO)) == 0 &&
                  g_strcmp0 (subtitle, get_selected (before, BIJOU_STREAM_SUBTITLE)) == 0,
              asked, "the tracks that were chosen before", "audio track %s, subtitle track %s",
              audio != NULL ? audio : "none", subtitle != NULL ? subtitle : "none");
}

static void
check_restored (Live *self, BijouDetail *before)
{
  g_autofree char *asked = g_strdup_printf ("“%s” left as it was", before->item->title);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail =
      bijou_backend_fetch_detail (self->backend, before->item->remote_id, NULL, &error);
  BijouItem *now;

  if (detail == NULL)
    {
      live_check_done (self, FALSE, asked, error);
      return;
    }
  now = detail->item;
  live_check (self,
              !now->watched && now->position_ms == 0 && now->play_count == 0 &&
                  now->last_played_at == 0 && !now->favourite,
              asked, "not watched, at 0 s, never played, no favourite",
              "%s, at %" G_GINT64_FORMAT " s, played %d times, %s, %s",
              now->watched ? "watched" : "not watched", now->position_ms / 1000, now->play_count,
              now->last_played_at == 0 ? "never" : "with a date",
              now->favourite ? "a favourite" : "no favourite");
  check_tracks (self, asked, before, detail);
}

/* --- what is played with --- */

/* Only what was never touched can be put back to what it was. */
static gboolean
is_untouched (BijouItem *item)
{
  return item->has_media && item->duration_ms >= SHORTEST_MS && !item->watched &&
         item->position_ms == 0 && item->play_count == 0 && item->last_played_at == 0 &&
         !item->favourite;
}

static BijouItem *
find_untouched (Live *self)
{
  static const BijouItemKind kinds[] = { BIJOU_ITEM_MOVIE, BIJOU_ITEM_VIDEO, BIJOU_ITEM_EPISODE };

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      BijouItemQuery query = { .kind = kinds[k],
                               .server_id = self->server_id,
                               .unwatched_only = TRUE };
      g_autoptr (GPtrArray) items = bijou_store_list_items (self->store, &query, NULL);

      for (guint i = 0; items != NULL && i < items->len; i++)
        if (is_untouched (items->pdata[i]))
          return g_object_ref (items->pdata[i]);
    }
  return NULL;
}

/* Runs to its end once begun, also after Ctrl+C, so that all is put back. */
void
live_change_state (Live *self)
{
  g_autoptr (BijouItem) item = find_untouched (self);
  g_autoptr (BijouDetail) detail = NULL;
  g_autoptr (GError) error = NULL;

  if (item == NULL)
    {
      live_skip (self, "reports and marks",
                 "there is no film or episode of ten minutes that was never played, and only such "
                 "a one can be left as it was");
      return;
    }
  detail = bijou_backend_fetch_detail (self->backend, item->remote_id, self->cancellable, &error);
  if (detail == NULL || !is_untouched (detail->item))
    {
      live_skip (self, "reports and marks", "“%s” was played meanwhile", item->title);
      return;
    }
  report_playback (self, item, detail);
  if (self->read_only)
    live_skip (self, "marks", "this user may not change the play state");
  else
    {
      change_marks (self, item);
      set_favourite (self, item, TRUE, "mark: favourite");
      set_favourite (self, item, FALSE, "mark: no favourite");
    }
  restore (self, item);
  check_restored (self, detail);
}
