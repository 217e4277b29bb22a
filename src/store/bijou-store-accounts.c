#include "config.h"

#include "bijou-store-private.h"

#include <glib/gstdio.h>

/* Accounts, and forgetting what belonged to somebody. */

static gboolean
save_account_in_worker (BijouDatabase *database,
                        gpointer data,
                        BijouStoreChange *change,
                        GError **error)
{
  BijouAccount *account = data;

  change->flags = BIJOU_STORE_SERVERS;
  return bijou_database_change (
      database, error,
      "INSERT INTO account (id, backend, name, client_id, home_user, listed_at)"
      " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET backend = excluded.backend,"
      " name = excluded.name, client_id = excluded.client_id, home_user = excluded.home_user,"
      " listed_at = excluded.listed_at",
      "tttttl", account->id, account->backend, account->name, account->client_id,
      account->home_user, account->listed_at);
}

/**
 * bijou_store_save_account:
 * @self: a store
 * @account: takes the place of the one with this identifier
 */
gboolean
bijou_store_save_account (BijouStore *self, BijouAccount *account, GError **error)
{
  g_return_val_if_fail (account != NULL && account->id != NULL, FALSE);

  return bijou_store_write (self, save_account_in_worker, account, error);
}

static gboolean
remove_account_in_worker (BijouDatabase *database,
                          gpointer data,
                          BijouStoreChange *change,
                          GError **error)
{
  change->flags = BIJOU_STORE_SERVERS;
  return bijou_database_change (database, error, "DELETE FROM account WHERE id = ?", "t", data);
}

/**
 * bijou_store_remove_account:
 * @self: a store
 * @account_id: an account; its servers are not touched
 */
gboolean
bijou_store_remove_account (BijouStore *self, const char *account_id, GError **error)
{
  return bijou_store_write (self, remove_account_in_worker, (gpointer) account_id, error);
}

static BijouAccount *
read_account (sqlite3_stmt *statement)
{
  BijouAccount *account = bijou_account_new ((const char *) sqlite3_column_text (statement, 1),
                                             (const char *) sqlite3_column_text (statement, 0),
                                             (const char *) sqlite3_column_text (statement, 2));

  account->client_id = bijou_database_dup_text (statement, 3);
  account->home_user = bijou_database_dup_text (statement, 4);
  account->listed_at = sqlite3_column_int64 (statement, 5);
  return account;
}

/**
 * bijou_store_list_accounts:
 * @self: a store
 *
 * Returns: (transfer full) (nullable) (element-type BijouAccount): all, by name
 */
GPtrArray *
bijou_store_list_accounts (BijouStore *self, GError **error)
{
  g_autoptr (GPtrArray) accounts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_account_free);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement;

  if (database == NULL)
    return NULL;

  statement = bijou_database_query (database, &local_error,
                                    "SELECT id, backend, name, client_id, home_user, listed_at"
                                    " FROM account ORDER BY name, id",
                                    NULL);
  while (bijou_database_next (database, statement, &local_error))
    g_ptr_array_add (accounts, read_account (statement));
  bijou_store_give_reader (self, database);

  if (local_error == NULL)
    return g_steal_pointer (&accounts);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* Items before their server: their triggers still need its key. */
static gboolean
forget_rows (BijouDatabase *database, gint64 server, GError **error)
{
  static const char *const statements[] = {
    "DELETE FROM item WHERE server = ?",         "DELETE FROM kept_state WHERE server = ?",
    "DELETE FROM stale_parent WHERE server = ?", "DELETE FROM home WHERE server = ?",
    "DELETE FROM outbox WHERE server = ?",       "DELETE FROM library WHERE server = ?",
    "DELETE FROM sync_run WHERE server = ?",     "DELETE FROM sync_value WHERE server = ?",
  };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    if (!bijou_database_change (database, error, statements[i], "l", server))
      return FALSE;
  return bijou_database_execute (
      database, "DELETE FROM genre WHERE pk NOT IN (SELECT genre FROM item_genre)", error);
}

static gboolean
forget_user_in_worker (BijouDatabase *database,
                       gpointer data,
                       BijouStoreChange *change,
                       GError **error)
{
  gint64 server = bijou_store_find_server (database, data);

  if (server == 0)
    return TRUE;
  change->flags = BIJOU_STORE_SERVERS | BIJOU_STORE_LIBRARIES | BIJOU_STORE_ITEMS |
                  BIJOU_STORE_HOME | BIJOU_STORE_OUTBOX;
  bijou_store_change_set_scope (change, data, NULL);
  g_clear_pointer (&change->ids, g_array_unref);
  return forget_rows (database, server, error) &&
         bijou_database_change (database, error,
                                "UPDATE server SET user_id = NULL, user_name = NULL WHERE pk = ?",
                                "l", server);
}

/**
 * bijou_store_forget_user:
 * @self: a store
 * @server_id: a server
 *
 * Forgets who was signed in to a server and every row that they saw, also what waits to be sent;
 * the server and what is known of its addresses stay. bijou_store_scrub() is to follow.
 */
gboolean
bijou_store_forget_user (BijouStore *self, const char *server_id, GError **error)
{
  return bijou_store_write (self, forget_user_in_worker, (gpointer) server_id, error);
}

/* Databases that were set aside as damaged hold the same rows. */
static void
remove_set_aside (BijouStore *self)
{
  const char *path = bijou_store_get_path (self);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *prefix = g_strconcat (name, ".corrupt-", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (file, prefix))
      {
        g_autofree char *old = g_build_filename (folder, file, NULL);

        g_unlink (old);
      }
}

/* The index of words forgets a word when its pieces are merged, the file when it is written anew,
 * the log when it is emptied. */
static gboolean
scrub_in_worker (BijouDatabase *database, gpointer data, GError **error)
{
  return bijou_database_execute (database, "INSERT INTO search (search) VALUES ('optimize')",
                                 error) &&
         bijou_database_execute (database, "VACUUM", error) &&
         bijou_database_execute (database, "PRAGMA wal_checkpoint (TRUNCATE)", error);
}

/**
 * bijou_store_scrub:
 * @self: a store
 *
 * Makes what was deleted unreadable: it is in no file of the database any more, nor in one that was
 * set aside. Takes seconds for a large library; other writes wait, reads go on.
 */
gboolean
bijou_store_scrub (BijouStore *self, GError **error)
{
  remove_set_aside (self);
  return bijou_store_run_on_writer (self, scrub_in_worker, NULL, error);
}
