#include "config.h"

#include "live.h"

#include "bijou-sync-job.h"

/* Of each kind in each library. */
#define SAMPLES 3
#define HOME_LIMIT 20

/* --- sync --- */

static void
on_progress_cb (const BijouSyncProgress *progress, gpointer user_data)
{
}

static gboolean
check_results (Live *self, GPtrArray *results)
{
  BijouSyncResult *sum = results->pdata[results->len - 1];

  for (guint i = 0; i + 1 < results->len; i++)
    {
      BijouSyncResult *result = results->pdata[i];
      g_autofree char *asked =
          g_strdup_printf ("sync of %s", result->title != NULL ? result->title : "what is left");

      if (result->error != NULL)
        live_check_done (self, FALSE, asked, result->error);
      else if (!result->cancelled)
        live_check (self, TRUE, asked, "", "%" G_GINT64_FORMAT " rows", result->items);
    }
  if (sum->error != NULL && results->len == 1)
    return live_check_done (self, FALSE, "sync", sum->error);
  return sum->error == NULL && !sum->cancelled;
}

/* A second run of an unchanged server finds nothing new. */
static void
sync_again (Live *self)
{
  g_autoptr (GPtrArray) results = bijou_sync_job_run (self->store, self->backend, TRUE, NULL,
                                                      on_progress_cb, NULL, self->cancellable);
  BijouSyncResult *sum = results->pdata[results->len - 1];

  if (sum->error != NULL || sum->cancelled)
    {
      live_check_done (self, FALSE, "sync once more", sum->error);
      return;
    }
  live_check (self, sum->added == 0 && sum->removed == 0, "sync once more",
              "nothing added nor removed, unless the server is being changed",
              "%u added, %u changed, %u removed", sum->added, sum->changed, sum->removed);
}

/* --- what came of it --- */

static void
take_samples (Live *self, GPtrArray *items)
{
  guint n = MIN (items->len, SAMPLES);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->samples,
                     g_object_ref (items->pdata[i * (items->len - 1) / MAX (1, n - 1)]));
}

static guint
count_without_parent (GPtrArray *items, GHashTable *known)
{
  guint n = 0;

  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = items->pdata[i];

      n += item->show_id == NULL || !g_hash_table_contains (known, item->show_id);
    }
  return n;
}

static void
check_parents (Live *self, BijouLibrary *library, BijouItemKind kind, GPtrArray *items)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_SHOW,
                           .server_id = library->server_id,
                           .library_id = library->remote_id };
  g_autoptr (GPtrArray) shows = bijou_store_list_items (self->store, &query, NULL);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *asked = g_strdup_printf ("sync of %s: %ss without a show that is there",
                                            library->title, bijou_item_kind_to_string (kind));
  guint n;

  for (guint i = 0; shows != NULL && i < shows->len; i++)
    g_hash_table_add (known, ((BijouItem *) shows->pdata[i])->remote_id);
  n = count_without_parent (items, known);
  live_check (self, n == 0, asked, "none", "%u", n);
}

/* How many rows the server says there are, asked for beside the sync. */
static void
check_total (Live *self, BijouLibrary *library, BijouItemKind kind, guint mirrored)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouPage) page =
      bijou_backend_fetch_page (self->backend, library, kind, 0, 1, self->cancellable, &error);
  g_autofree char *asked = g_strdup_printf ("sync of %s: number of %ss", library->title,
                                            bijou_item_kind_to_string (kind));

  if (page == NULL)
    live_check_done (self, FALSE, asked, error);
  else if (page->total < 0)
    live_skip (self, asked, "the server does not say how many there are");
  else
    live_check (self, page->total == mirrored, asked, "as many as the server counts",
                "%u here, %" G_GINT64_FORMAT " there", mirrored, page->total);
}

static void
check_kind (Live *self, BijouLibrary *library, BijouItemKind kind)
{
  BijouItemQuery query = { .kind = kind,
                           .server_id = library->server_id,
                           .library_id = library->remote_id };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = bijou_store_list_items (self->store, &query, &error);
  g_autofree char *what =
      g_strdup_printf ("%s in %s", bijou_item_kind_to_string (kind), library->title);

  if (items == NULL)
    {
      live_check_done (self, FALSE, what, error);
      return;
    }
  check_total (self, library, kind, items->len);
  if (items->len == 0)
    live_skip (self, what, "there is none");
  else if (kind == BIJOU_ITEM_SEASON || kind == BIJOU_ITEM_EPISODE)
    check_parents (self, library, kind, items);
  take_samples (self, items);
}

static void
check_library (Live *self, BijouLibrary *library)
{
  const BijouItemKind *kinds = bijou_backend_get_kinds (library->kind);

  if (!bijou_library_is_synced (library))
    live_skip (self, library->title, "a library of this kind is only listed");
  for (guint i = 0; kinds[i] != BIJOU_ITEM_UNKNOWN && !live_is_stopped (self); i++)
    check_kind (self, library, kinds[i]);
}

gboolean
live_sync (Live *self)
{
  g_autoptr (GPtrArray) results = bijou_sync_job_run (self->store, self->backend, FALSE, NULL,
                                                      on_progress_cb, NULL, self->cancellable);
  g_autoptr (GPtrArray) libraries = NULL;
  gboolean good = check_results (self, results);

  libraries = bijou_store_list_libraries (self->store, self->server_id, NULL);
  if (libraries == NULL || libraries->len == 0)
    live_skip (self, "libraries", "this user has none");
  for (guint i = 0; libraries != NULL && i < libraries->len; i++)
    check_library (self, libraries->pdata[i]);
  if (good)
    sync_again (self);
  return self->samples->len > 0;
}

/* --- home --- */

static void
read_row (Live *self, BijouHomeRow row, const char *asked)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items =
      bijou_backend_fetch_home (self->backend, row, HOME_LIMIT, NULL, self->cancellable, &error);
  guint strange = 0;

  if (items == NULL)
    {
      live_check_done (self, FALSE, asked, error);
      return;
    }
  for (guint i = 0; i < items->len; i++)
    strange += !bijou_item_kind_is_playable (((BijouItem *) items->pdata[i])->kind);
  live_check (self, strange == 0 && items->len <= HOME_LIMIT, asked,
              "at most 20, all of which can be played", "%u, %u of which cannot be played",
              items->len, strange);
}

void
live_read_home (Live *self)
{
  read_row (self, BIJOU_HOME_CONTINUE, "home: continue watching");
  read_row (self, BIJOU_HOME_NEXT_UP, "home: next up");
}

/* --- details --- */

static guint
count_streams (BijouPart *part, BijouStreamKind kind)
{
  guint n = 0;

  for (guint i = 0; i < part->streams->len; i++)
    n += ((BijouStream *) part->streams->pdata[i])->kind == kind;
  return n;
}

static void
check_versions (Live *self, const char *asked, BijouDetail *detail)
{
  BijouVersion *version = detail->versions->len > 0 ? detail->versions->pdata[0] : NULL;
  BijouPart *part = version != NULL && version->parts->len > 0 ? version->parts->pdata[0] : NULL;
  guint video = part != NULL ? count_streams (part, BIJOU_STREAM_VIDEO) : 0;

  live_check (self, video > 0 && part->size > 0, asked,
              "a version with a part whose size is known and which has a video stream",
              "%u versions, a part of %" G_GINT64_FORMAT
              " bytes, %u video, %u audio and %u subtitle streams, %u chapters, %u people",
              detail->versions->len, part != NULL ? part->size : -1, video,
              part != NULL ? count_streams (part, BIJOU_STREAM_AUDIO) : 0,
              part != NULL ? count_streams (part, BIJOU_STREAM_SUBTITLE) : 0, detail->chapters->len,
              detail->people->len);
}

static void
read_detail (Live *self, BijouItem *item)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *asked = g_strdup_printf ("details of the %s “%s”",
                                            bijou_item_kind_to_string (item->kind), item->title);
  g_autoptr (BijouDetail) detail =
      bijou_backend_fetch_detail (self->backend, item->remote_id, self->cancellable, &error);

  if (detail == NULL)
    {
      live_check_done (self, FALSE, asked, error);
      return;
    }
  live_check (
      self,
      g_str_equal (detail->item->remote_id, item->remote_id) && detail->item->kind == item->kind &&
          g_str_equal (detail->item->title, item->title),
      asked, "the same identifier, kind and title as in the list", "%s, %s, “%s”",
      detail->item->remote_id, bijou_item_kind_to_string (detail->item->kind), detail->item->title);
  if (!bijou_item_kind_is_playable (item->kind))
    return;
  if (item->has_media)
    check_versions (self, asked, detail);
  else
    live_skip (self, asked, "no file is behind it");
  if (!bijou_store_save_detail (self->store, detail, &error))
    live_check_done (self, FALSE, "keeping the details here", error);
}

void
live_read_details (Live *self)
{
  /* Well-formed for each protocol, and nobody's. */
  const char *nobody =
      g_str_equal (self->type->id, "plex") ? "1999999999" : "b1700bad000000000000000000000000";
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) none = NULL;

  for (guint i = 0; i < self->samples->len && !live_is_stopped (self); i++)
    read_detail (self, self->samples->pdata[i]);
  none = bijou_backend_fetch_detail (self->backend, nobody, self->cancellable, &error);
  live_check_error (self, "details of an item that does not exist", "to hear that there is none",
                    BIJOU_ERROR_NOT_FOUND, error);
}
