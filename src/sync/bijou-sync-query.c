#include "config.h"

#include "bijou-sync-query.h"

#include <string.h>

#define PAGE_ROWS 500
#define LONG_PAGE_ROWS 2000
/* Slim rows cost a server a fifth of whole ones. */
#define SWEEP_PAGE_ROWS 1000
#define LONG_SWEEP_PAGE_ROWS 4000
#define LONG_LIST_ROWS 3000
#define SHORT_PAGE_ROWS 100
#define SLOW_PAGE_MS 10000
#define PASSES_MAX 2

/**
 * bijou_sync_query_new:
 * @store: where it goes
 * @server_id: whose; must outlive the query
 * @library: (nullable): one of its libraries
 * @kind: what of it
 * @result: gets the counts; must outlive the query
 *
 * Returns: (transfer full): a query, to be begun
 */
BijouSyncQuery *
bijou_sync_query_new (BijouStore *store,
                      const char *server_id,
                      BijouLibrary *library,
                      BijouItemKind kind,
                      BijouSyncResult *result)
{
  BijouSyncQuery *self = g_new0 (BijouSyncQuery, 1);

  self->store = g_object_ref (store);
  self->server_id = server_id;
  g_set_object (&self->library, library);
  self->kind = kind;
  self->result = result;
  self->last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cursor.total = -1;
  return self;
}

/**
 * bijou_sync_query_new_sweep:
 * @store: where it is compared with
 * @server_id: whose; must outlive the query
 * @library: (nullable): one of its libraries
 * @kinds: what of it
 * @result: gets the counts; must outlive the query
 *
 * A sweep reads slim rows: it takes their play state, finds which rows are to be asked for anew,
 * and removes those that are gone. It is short, and begins anew when it was broken off.
 *
 * Returns: (transfer full): a query, to be begun
 */
BijouSyncQuery *
bijou_sync_query_new_sweep (BijouStore *store,
                            const char *server_id,
                            BijouLibrary *library,
                            BijouItemKinds kinds,
                            BijouSyncResult *result)
{
  BijouSyncQuery *self =
      bijou_sync_query_new (store, server_id, library, BIJOU_ITEM_UNKNOWN, result);

  self->kinds = kinds;
  self->wanted = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * bijou_sync_query_free:
 * @self: (transfer full): a query
 */
void
bijou_sync_query_free (BijouSyncQuery *self)
{
  g_clear_object (&self->library);
  g_clear_object (&self->store);
  g_hash_table_unref (self->last);
  g_clear_pointer (&self->wanted, g_ptr_array_unref);
  g_free (self);
}

static const char *
get_library_id (BijouSyncQuery *self)
{
  return self->library != NULL ? self->library->remote_id : NULL;
}

static gboolean
begin_run (BijouSyncQuery *self, gboolean restart, GError **error)
{
  if (self->kinds == 0)
    return bijou_store_begin_run (self->store, self->server_id, get_library_id (self), self->kind,
                                  restart, &self->cursor, error);
  self->cursor =
      (BijouSyncCursor){ .generation = bijou_store_begin_sweep (self->store), .total = -1 };
  return TRUE;
}

/**
 * bijou_sync_query_begin:
 * @self: a query
 * @restart: not to go on where an earlier run was broken off
 */
gboolean
bijou_sync_query_begin (BijouSyncQuery *self, gboolean restart, GError **error)
{
  if (!begin_run (self, restart, error))
    return FALSE;

  self->seen = self->cursor.seen;
  self->resuming = self->cursor.resumed;
  self->overlaps = self->cursor.resumed;
  if (self->overlaps)
    self->cursor.next_start--;
  self->limit = self->kinds == 0 ? PAGE_ROWS : SWEEP_PAGE_ROWS;
  self->hidden = 0;
  self->unread = 0;
  self->owed = 0;
  self->has_moved = FALSE;
  self->is_over = FALSE;
  self->is_checked = FALSE;
  g_hash_table_remove_all (self->last);
  return TRUE;
}

/**
 * bijou_sync_query_fail:
 * @self: a query
 * @error: why it cannot go on
 *
 * Its cursor stays, so that the next run goes on from there. Nothing is removed.
 */
void
bijou_sync_query_fail (BijouSyncQuery *self, const GError *error)
{
  self->is_done = TRUE;
  if (self->result->error == NULL && !bijou_error_is_cancelled (error))
    self->result->error = g_error_copy (error);
}

static void
fail_protocol (BijouSyncQuery *self, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, message);

  bijou_sync_query_fail (self, error);
}

/**
 * bijou_sync_query_make_fetch:
 * @self: a query
 * @start: the first row
 *
 * Returns: (transfer full): a fetch of the page that begins there
 */
BijouSyncFetch *
bijou_sync_query_make_fetch (BijouSyncQuery *self, guint start)
{
  if (self->kinds != 0)
    return bijou_sync_fetch_new_slim (self, self->library, self->kinds, start, self->limit);
  return bijou_sync_fetch_new_page (self, self->library, self->kind, start, self->limit);
}

/**
 * bijou_sync_query_get_done:
 * @self: a query
 *
 * Returns: rows of it that are here; never goes back
 */
gint64
bijou_sync_query_get_done (BijouSyncQuery *self)
{
  gint64 total = bijou_sync_query_get_total (self);

  if (self->is_done)
    self->most_done = total;
  self->most_done = CLAMP (self->seen + self->hidden, self->most_done, total);
  return self->most_done;
}

/**
 * bijou_sync_query_get_total:
 * @self: a query
 *
 * Returns: rows that it has, as far as is known; never goes back
 */
gint64
bijou_sync_query_get_total (BijouSyncQuery *self)
{
  self->most_total = MAX (self->most_total, MAX (self->cursor.total, self->seen));
  return self->most_total;
}

static void
begin_anew (BijouSyncQuery *self)
{
  g_autoptr (GError) error = NULL;

  if (!bijou_sync_query_begin (self, TRUE, &error))
    bijou_sync_query_fail (self, error);
}

/* --- the end --- */

static char *
make_hidden_name (BijouSyncQuery *self)
{
  const char *library_id = get_library_id (self);

  return g_strdup_printf ("hidden:%s:%s:%u", library_id != NULL ? library_id : "",
                          bijou_item_kind_to_string (self->kind), self->kinds);
}

/* Whether so many rows were hidden in the run before. */
static gboolean
was_hidden (BijouSyncQuery *self, gint64 n)
{
  g_autofree char *name = make_hidden_name (self);
  g_autofree char *before = bijou_store_get_sync_value (self->store, self->server_id, name);

  return n == (before != NULL ? g_ascii_strtoll (before, NULL, 10) : 0);
}

static void
note_hidden (BijouSyncQuery *self, gint64 n)
{
  g_autofree char *name = make_hidden_name (self);
  g_autofree char *now = n > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, n) : NULL;

  if (!was_hidden (self, n))
    bijou_store_set_sync_value (self->store, self->server_id, name, now, NULL);
}

static gboolean
is_whole (BijouSyncQuery *self)
{
  if (self->has_moved)
    return FALSE;
  /* Without a total only an empty page ended it, and each row counted once. */
  if (self->cursor.total < 0)
    return self->seen == self->cursor.next_start;
  return self->seen + self->hidden == self->cursor.total;
}

static gboolean
finish_run (BijouSyncQuery *self, gboolean complete, BijouSyncCounts *counts, GError **error)
{
  if (self->kinds == 0)
    return bijou_store_finish_run (self->store, self->server_id, get_library_id (self), self->kind,
                                   &self->cursor, complete, counts, error);
  return !complete ||
         bijou_store_remove_unseen (self->store, self->server_id, get_library_id (self),
                                    self->kinds, self->cursor.generation, counts, error);
}

static BijouItemKinds
get_kinds (BijouSyncQuery *self)
{
  return self->kinds != 0 ? self->kinds : BIJOU_ITEM_KIND_BIT (self->kind);
}

static gint64
count_unseen (BijouSyncQuery *self)
{
  return bijou_store_count_unseen (self->store, self->server_id, get_library_id (self),
                                   get_kinds (self), self->cursor.generation);
}

/* A disk that is not mounted empties a library for a while, and a server in trouble leaves rows
 * out. */
static gboolean
is_doubtful (BijouSyncQuery *self)
{
  return self->seen == 0 || self->hidden > 0 || self->unread > 0;
}

static gboolean
doubt_unseen (BijouSyncQuery *self, BijouSyncCounts *counts, GError **error)
{
  return bijou_store_doubt_unseen (self->store, self->server_id, get_library_id (self),
                                   get_kinds (self), self->cursor.generation, counts, &self->doubt,
                                   error);
}

static void
finish (BijouSyncQuery *self, gboolean complete)
{
  g_autoptr (GError) error = NULL;
  BijouSyncCounts counts = { 0 };
  gboolean doubtful = complete && is_doubtful (self);

  if ((doubtful && !doubt_unseen (self, &counts, &error)) ||
      !finish_run (self, complete && !doubtful, &counts, &error))
    {
      bijou_sync_query_fail (self, error);
      return;
    }
  self->result->removed += counts.removed;
  self->result->items += self->seen;
  self->is_done = TRUE;
}

/* Before anything is removed it is asked whether the list ends where its total says. What a resumed
 * run has not seen may have moved over its break: only a run from the first row on tells. */
static void
end_whole_pass (BijouSyncQuery *self)
{
  gint64 unseen = count_unseen (self);

  if (unseen != 0 && self->cursor.resumed)
    {
      begin_anew (self);
      return;
    }
  if (unseen != 0 && !self->is_checked)
    {
      self->is_checked = TRUE;
      self->is_over = FALSE;
      return;
    }
  /* Of what is shown again tomorrow no news tell. */
  self->hides_anew = self->kinds == 0 && self->hidden > 0 && !was_hidden (self, self->hidden);
  note_hidden (self, self->hidden);
  finish (self, unseen != 0);
}

static void
end_pass (BijouSyncQuery *self)
{
  if (is_whole (self))
    {
      end_whole_pass (self);
      return;
    }
  if (self->pass + 1 < PASSES_MAX)
    {
      self->pass++;
      begin_anew (self);
      return;
    }
  g_debug ("Only %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " rows could be seen on %s; nothing "
           "is removed",
           self->seen, self->cursor.total, self->server_id);
  finish (self, FALSE);
  if (self->seen == 0)
    note_hidden (self, self->cursor.total);
  if (!self->has_moved)
    fail_protocol (self, "The server's list does not hold as many rows as it says");
}

/* --- a page --- */

/* A server that drops rows which this user may not see gives short pages, and repeats the rows from
 * behind the gap when it is asked for the rest: so many were dropped. */
static guint
count_repeated (BijouSyncQuery *self, GPtrArray *items)
{
  guint n = 0;

  while (n < items->len &&
         g_hash_table_contains (self->last, ((BijouItem *) items->pdata[n])->remote_id))
    n++;
  return n;
}

/* Nothing but the end of the page before, of which rows were left out, and no place is left behind
 * it. */
static gboolean
is_tail (BijouSyncQuery *self, BijouSyncFetch *fetch, guint repeated)
{
  guint n = fetch->page->items->len;

  return repeated == n && fetch->page->received == n && n < g_hash_table_size (self->last) &&
         fetch->start + fetch->limit >= self->cursor.total;
}

/* Short pages came to the end of the list, so the rest of it is not shown. */
static void
hide_rest (BijouSyncQuery *self)
{
  self->hidden = MAX (self->cursor.total - self->seen, 0);
  self->is_over = TRUE;
}

static void
remember_page (BijouSyncQuery *self, GPtrArray *items)
{
  g_hash_table_remove_all (self->last);
  for (guint i = 0; i < items->len; i++)
    g_hash_table_add (self->last, g_strdup (((BijouItem *) items->pdata[i])->remote_id));
}

static void
adapt_limit (BijouSyncQuery *self, BijouSyncFetch *fetch)
{
  guint received = fetch->page->received;

  if (fetch->ms > SLOW_PAGE_MS)
    self->limit = MAX (SHORT_PAGE_ROWS, self->limit / 2);
  else if (fetch->start == 0 && received == self->limit && self->cursor.total > LONG_LIST_ROWS)
    self->limit = self->kinds == 0 ? LONG_PAGE_ROWS : LONG_SWEEP_PAGE_ROWS;
  if (self->owed > 0 && received < fetch->limit / 2)
    self->limit = MAX (received, 1);
}

static void
note_total (BijouSyncQuery *self, BijouPage *page, guint next_start)
{
  if (page->total >= 0)
    {
      self->has_moved |= self->cursor.total >= 0 && self->cursor.total != page->total;
      self->cursor.total = page->total;
    }
  if (self->cursor.total >= 0 && next_start > self->cursor.total)
    {
      self->has_moved = TRUE;
      self->cursor.total = next_start;
    }
}

static gboolean
write_page (BijouSyncQuery *self, BijouSyncFetch *fetch, BijouSyncCounts *counts, GError **error)
{
  if (self->kinds == 0)
    return bijou_store_save_page (self->store, self->server_id, get_library_id (self), self->kind,
                                  fetch->page->items, &self->cursor, counts, error);
  return bijou_store_save_slim_page (self->store, self->server_id, get_library_id (self),
                                     fetch->page->items, fetch->asked_at, self->cursor.generation,
                                     counts, self->wanted, error);
}

static gboolean
save_page (BijouSyncQuery *self, BijouSyncFetch *fetch, BijouSyncCounts *counts)
{
  g_autoptr (GError) error = NULL;

  if (write_page (self, fetch, counts, &error))
    {
      self->result->added += counts->added;
      self->result->changed += counts->changed;
      self->states += counts->states;
      return TRUE;
    }
  bijou_sync_query_fail (self, error);
  return FALSE;
}

static void
take_rows (BijouSyncQuery *self, BijouSyncFetch *fetch)
{
  BijouPage *page = fetch->page;
  guint next_start = fetch->start + page->received;
  guint repeated = MIN (count_repeated (self, page->items), self->owed);
  guint overlap = self->overlaps ? 1 : 0;
  BijouSyncCounts counts = { 0 };

  note_total (self, page, next_start);
  self->cursor.next_start = next_start;
  self->cursor.asked_at = fetch->asked_at;
  if (!save_page (self, fetch, &counts))
    return;

  /* Rows that could not be understood are there all the same. */
  self->unread += page->received - MIN (page->received, page->items->len + page->ignored);
  self->seen += counts.seen + (page->received - MIN (page->received, page->items->len));
  self->hidden += repeated;
  self->overlaps = FALSE;
  /* With any other row than the last one before the break, rows came or went there. */
  if (overlap > 0 && counts.seen + overlap != page->items->len)
    {
      begin_anew (self);
      return;
    }
  if (is_tail (self, fetch, repeated))
    {
      hide_rest (self);
      return;
    }
  if (page->items->len > 0 && counts.seen == 0 && repeated + overlap < page->items->len)
    {
      fail_protocol (self, "The server repeats the same page");
      return;
    }
  self->is_over = self->cursor.total >= 0 && next_start >= self->cursor.total;
  self->owed = !self->is_over && page->received < fetch->limit ? fetch->limit - page->received : 0;
  remember_page (self, page->items);
  adapt_limit (self, fetch);
}

static void
take_end (BijouSyncQuery *self, BijouSyncFetch *fetch)
{
  gint64 rest;

  note_total (self, fetch->page, fetch->start);
  self->is_over = TRUE;
  rest = self->cursor.total - fetch->start;
  /* A list of which nothing is shown is believed the second time. */
  if (rest > 0 && (rest <= self->owed ||
                   (fetch->start == 0 && rest <= fetch->limit && was_hidden (self, rest))))
    hide_rest (self);
}

/* The first page after a break: where the total is another one now, places have shifted. A server
 * that tells the total on its first page only is asked for it, see the job. */
static gboolean
check_resumed (BijouSyncQuery *self, BijouSyncFetch *fetch)
{
  gint64 total = fetch->page->total;

  if (!self->resuming || total < 0)
    return TRUE;
  self->resuming = FALSE;
  if (total == self->cursor.total)
    return TRUE;
  begin_anew (self);
  return FALSE;
}

/**
 * bijou_sync_query_accept:
 * @self: a query
 * @fetch: the page at its cursor, which came
 *
 * Writes the page; at the end of the list judges it, and begins a second pass where it is not
 * whole.
 */
void
bijou_sync_query_accept (BijouSyncQuery *self, BijouSyncFetch *fetch)
{
  self->failures = 0;
  self->result->bytes += fetch->page->bytes;
  if (!check_resumed (self, fetch))
    return;

  if (fetch->page->received > 0)
    take_rows (self, fetch);
  else
    take_end (self, fetch);
  if (self->is_over && !self->is_done)
    end_pass (self);
}
