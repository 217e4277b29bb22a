#include "config.h"

#include "bijou-sync-tally.h"

/* The runs of one server. */
typedef struct
{
  BijouSyncProgress latest; /* of the one at work; its texts are unset */
  gint64 past_done;         /* of those that are over */
  gint64 past_total;
  gboolean is_at_work;
} Part;

struct _BijouSyncTally
{
  GHashTable *parts; /* (owned) of Part by the server's id */
  char *server_id;   /* (owned) (nullable) of whom was heard last */
  char *title;       /* (owned) (nullable) likewise: of the library at work */
  gint64 library_done;
  gint64 library_total;
};

/**
 * bijou_sync_tally_new:
 *
 * Returns: (transfer full): an empty tally
 */
BijouSyncTally *
bijou_sync_tally_new (void)
{
  BijouSyncTally *self = g_new0 (BijouSyncTally, 1);

  self->parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * bijou_sync_tally_free:
 * @self: (transfer full): a tally
 */
void
bijou_sync_tally_free (BijouSyncTally *self)
{
  g_hash_table_unref (self->parts);
  g_free (self->server_id);
  g_free (self->title);
  g_free (self);
}

static Part *
get_part (BijouSyncTally *self, const char *server_id)
{
  Part *part = g_hash_table_lookup (self->parts, server_id);

  if (part == NULL)
    {
      part = g_new0 (Part, 1);
      g_hash_table_insert (self->parts, g_strdup (server_id), part);
    }
  return part;
}

static void
remember_library (BijouSyncTally *self, const BijouSyncProgress *progress)
{
  g_autofree char *server_id = g_steal_pointer (&self->server_id);
  g_autofree char *title = g_steal_pointer (&self->title);

  self->server_id = g_strdup (progress->server_id);
  self->title = g_strdup (progress->title);
  self->library_done = progress->library_done;
  self->library_total = progress->library_total;
}

/**
 * bijou_sync_tally_note:
 * @self: a tally
 * @progress: where the run of one server stands
 */
void
bijou_sync_tally_note (BijouSyncTally *self, const BijouSyncProgress *progress)
{
  Part *part = get_part (self, progress->server_id);

  if (!part->is_at_work)
    {
      part->past_done += part->latest.done;
      part->past_total += part->latest.total;
    }
  part->is_at_work = TRUE;
  part->latest = *progress;
  part->latest.server_id = NULL;
  part->latest.title = NULL;
  remember_library (self, progress);
}

/**
 * bijou_sync_tally_end:
 * @self: a tally
 * @server_id: whose run is over
 */
void
bijou_sync_tally_end (BijouSyncTally *self, const char *server_id)
{
  Part *part = g_hash_table_lookup (self->parts, server_id);

  if (part != NULL)
    part->is_at_work = FALSE;
}

/**
 * bijou_sync_tally_clear:
 * @self: a tally
 *
 * Begins anew.
 */
void
bijou_sync_tally_clear (BijouSyncTally *self)
{
  g_hash_table_remove_all (self->parts);
  g_clear_pointer (&self->server_id, g_free);
  g_clear_pointer (&self->title, g_free);
  self->library_done = 0;
  self->library_total = 0;
}

/* They go on side by side: the slowest one is waited for. */
static void
add_part (const Part *part, BijouSyncProgress *sum, gboolean *is_known)
{
  sum->done += part->past_done + part->latest.done;
  sum->total += part->past_total + part->latest.total;
  sum->is_waiting |= part->is_at_work && part->latest.is_waiting;
  if (!part->is_at_work || part->latest.total == 0)
    return;
  sum->rate += part->latest.rate;
  sum->left_ms = MAX (sum->left_ms, part->latest.left_ms);
  if (part->latest.left_ms < 0 && part->latest.done < part->latest.total)
    *is_known = FALSE;
}

/**
 * bijou_sync_tally_get:
 * @self: a tally
 * @sum: (out): all servers together; its library is the one that was heard of last, its texts are
 *   the tally's
 */
void
bijou_sync_tally_get (BijouSyncTally *self, BijouSyncProgress *sum)
{
  gboolean is_known = TRUE;
  GHashTableIter iter;
  gpointer part;

  *sum = (BijouSyncProgress){ .server_id = self->server_id,
                              .title = self->title,
                              .library_done = self->library_done,
                              .library_total = self->library_total,
                              .left_ms = -1 };
  g_hash_table_iter_init (&iter, self->parts);
  while (g_hash_table_iter_next (&iter, NULL, &part))
    add_part (part, sum, &is_known);
  if (!is_known)
    sum->left_ms = -1;
}
