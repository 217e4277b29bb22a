#include "config.h"

#include "bijou-store-private.h"

static BijouAddressClass
address_class_from_string (const char *name)
{
  for (int i = BIJOU_ADDRESS_LAN; i <= BIJOU_ADDRESS_RELAY; i++)
    if (g_strcmp0 (name, bijou_address_class_to_string ((BijouAddressClass) i)) == 0)
      return (BijouAddressClass) i;
  return BIJOU_ADDRESS_DIRECT;
}

static BijouAddressSource
address_source_from_string (const char *name)
{
  for (int i = BIJOU_ADDRESS_FROM_USER; i <= BIJOU_ADDRESS_FROM_DISCOVERY; i++)
    if (g_strcmp0 (name, bijou_address_source_to_string ((BijouAddressSource) i)) == 0)
      return (BijouAddressSource) i;
  return BIJOU_ADDRESS_FROM_DISCOVERY;
}

/* Returns the local key of a server, 0 when it is not known. */
gint64
bijou_store_find_server (BijouDatabase *database, const char *server_id)
{
  return bijou_database_get_int (database, 0, "SELECT pk FROM server WHERE id = ?", "t", server_id);
}

gint64
bijou_store_find_library (BijouDatabase *database, gint64 server, const char *library_id)
{
  if (library_id == NULL)
    return 0;
  return bijou_database_get_int (database, 0,
                                 "SELECT pk FROM library WHERE server = ? AND remote_id = ?", "lt",
                                 server, library_id);
}

gint64
bijou_store_require_server (BijouDatabase *database, const char *server_id, GError **error)
{
  gint64 server = bijou_store_find_server (database, server_id);

  if (server == 0)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "The server %s is not known",
                 server_id);
  return server;
}

/* One that is there already stays as it is. */
static gboolean
insert_address (BijouDatabase *database,
                gint64 server,
                const BijouAddress *address,
                guint position,
                GError **error)
{
  return bijou_database_change (
      database, error,
      "INSERT OR IGNORE INTO address (server, url, position, class, source, last_success,"
      " latency_ms, failures, failed_at, pinned, disabled)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "ltittliilii", server, address->url, (int) position,
      bijou_address_class_to_string (address->address_class),
      bijou_address_source_to_string (address->source), address->last_success, address->latency_ms,
      address->failures, address->failed_at, address->pinned, address->disabled);
}

static gboolean
write_addresses (BijouDatabase *database, gint64 server, GPtrArray *addresses, GError **error)
{
  if (!bijou_database_change (database, error, "DELETE FROM address WHERE server = ?", "l", server))
    return FALSE;

  for (guint i = 0; i < addresses->len; i++)
    if (!insert_address (database, server, g_ptr_array_index (addresses, i), i, error))
      return FALSE;
  return TRUE;
}

gboolean
bijou_store_write_server (BijouDatabase *database, BijouServer *server, GError **error)
{
  if (!bijou_database_change (
          database, error,
          "INSERT INTO server (id, backend, name, version, user_id, user_name, account_id,"
          " client_id, https_required, pin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) "
          "DO"
          " UPDATE SET backend = excluded.backend, name = excluded.name,"
          " version = excluded.version, user_id = excluded.user_id,"
          " user_name = excluded.user_name, account_id = excluded.account_id,"
          " client_id = excluded.client_id, https_required = excluded.https_required,"
          " pin = coalesce (excluded.pin, pin)",
          "ttttttttit", server->id, server->backend, server->name, server->version, server->user_id,
          server->user_name, server->account_id, server->client_id, server->https_required,
          server->pin))
    return FALSE;
  return write_addresses (database, bijou_store_find_server (database, server->id),
                          server->addresses, error);
}

static gboolean
save_server_in_worker (BijouDatabase *database,
                       gpointer data,
                       BijouStoreChange *change,
                       GError **error)
{
  BijouServer *server = data;

  change->flags = BIJOU_STORE_SERVERS;
  bijou_store_change_set_scope (change, server->id, NULL);
  return bijou_store_write_server (database, server, error);
}

/**
 * bijou_store_save_server:
 * @self: a store
 * @server: a server, with its addresses; without a pin it keeps the one it has
 */
gboolean
bijou_store_save_server (BijouStore *self, BijouServer *server, GError **error)
{
  g_return_val_if_fail (BIJOU_IS_SERVER (server), FALSE);

  return bijou_store_write (self, save_server_in_worker, server, error);
}

typedef struct
{
  const char *server_id;
  const char *pin;
} SavePin;

static gboolean
save_pin_in_worker (BijouDatabase *database,
                    gpointer data,
                    BijouStoreChange *change,
                    GError **error)
{
  SavePin *save = data;
  gint64 server = bijou_store_require_server (database, save->server_id, error);

  change->flags = BIJOU_STORE_SERVERS;
  bijou_store_change_set_scope (change, save->server_id, NULL);
  return server != 0 &&
         bijou_database_change (database, error, "UPDATE server SET pin = ? WHERE pk = ?", "tl",
                                save->pin, server);
}

/**
 * bijou_store_save_pin:
 * @self: a store
 * @server_id: a known server
 * @pin: (nullable): the public keys that the user trusts at it; %NULL for none
 */
gboolean
bijou_store_save_pin (BijouStore *self, const char *server_id, const char *pin, GError **error)
{
  SavePin save = { server_id, pin };

  return bijou_store_write (self, save_pin_in_worker, &save, error);
}

typedef struct
{
  const char *server_id;
  GPtrArray *rows;
  guint removed; /* items of libraries that are gone */
} SaveRows;

static gboolean
save_addresses_in_worker (BijouDatabase *database,
                          gpointer data,
                          BijouStoreChange *change,
                          GError **error)
{
  SaveRows *save = data;
  gint64 server = bijou_store_require_server (database, save->server_id, error);

  change->flags = BIJOU_STORE_SERVERS;
  bijou_store_change_set_scope (change, save->server_id, NULL);
  return server != 0 && write_addresses (database, server, save->rows, error);
}

/**
 * bijou_store_save_addresses:
 * @self: a store
 * @server_id: a known server
 * @addresses: (element-type BijouAddress): take the place of the old ones
 */
gboolean
bijou_store_save_addresses (BijouStore *self,
                            const char *server_id,
                            GPtrArray *addresses,
                            GError **error)
{
  SaveRows save = { server_id, addresses };

  return bijou_store_write (self, save_addresses_in_worker, &save, error);
}

typedef struct
{
  const char *server_id;
  GPtrArray *addresses;
  GPtrArray *winners;
} Experience;

/* Only what a race can know: the list itself, what is pinned and what is disabled may have been
 * changed meanwhile, also by another process. */
static gboolean
learn_address (BijouDatabase *database,
               gint64 server,
               const BijouAddress *address,
               BijouStoreChange *change,
               GError **error)
{
  if (!bijou_database_change (database, error,
                              "UPDATE address SET last_success = ?, latency_ms = ?, failures = ?,"
                              " failed_at = ? WHERE server = ? AND url = ?",
                              "liillt", address->last_success, address->latency_ms,
                              address->failures, address->failed_at, server, address->url))
    return FALSE;
  if (bijou_database_get_changes (database) > 0)
    return TRUE;

  change->flags = BIJOU_STORE_SERVERS;
  return insert_address (
      database, server, address,
      (guint) bijou_database_get_int (database, 0, "SELECT count (*) FROM address WHERE server = ?",
                                      "l", server),
      error);
}

/* Those of networks where the computer has not been for long go. */
static gboolean
write_winners (BijouDatabase *database, gint64 server, GPtrArray *winners, GError **error)
{
  for (guint i = 0; i < winners->len; i++)
    {
      const BijouNetworkWinner *winner = g_ptr_array_index (winners, i);

      if (!bijou_database_change (database, error,
                                  "INSERT OR REPLACE INTO network_winner (server, network, url,"
                                  " won_at) VALUES (?, ?, ?, ?)",
                                  "lttl", server, winner->network, winner->url, winner->won_at))
        return FALSE;
    }
  return bijou_database_change (database, error,
                                "DELETE FROM network_winner WHERE server = ?1 AND network NOT IN"
                                " (SELECT network FROM network_winner WHERE server = ?1"
                                "  ORDER BY won_at DESC LIMIT 32)",
                                "l", server);
}

static gboolean
learn_in_worker (BijouDatabase *database, gpointer data, BijouStoreChange *change, GError **error)
{
  Experience *experience = data;
  gint64 server = bijou_store_require_server (database, experience->server_id, error);

  bijou_store_change_set_scope (change, experience->server_id, NULL);
  if (server == 0)
    return FALSE;
  for (guint i = 0; i < experience->addresses->len; i++)
    if (!learn_address (database, server, experience->addresses->pdata[i], change, error))
      return FALSE;
  return write_winners (database, server, experience->winners, error);
}

/**
 * bijou_store_learn_addresses:
 * @self: a store
 * @server_id: a known server
 * @addresses: (element-type BijouAddress): with what was learned about them
 * @winners: (element-type BijouNetworkWinner): those of other networks stay
 *
 * Keeps when addresses worked and failed, and adds those that were found. None is removed, and what
 * the user said of them stays. Nobody is told unless there are new ones.
 */
gboolean
bijou_store_learn_addresses (BijouStore *self,
                             const char *server_id,
                             GPtrArray *addresses,
                             GPtrArray *winners,
                             GError **error)
{
  Experience experience = { server_id, addresses, winners };

  return bijou_store_write (self, learn_in_worker, &experience, error);
}

static gboolean
remove_server_in_worker (BijouDatabase *database,
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

  /* Items before their server: their triggers still need its key. */
  return bijou_database_change (database, error, "DELETE FROM item WHERE server = ?", "l",
                                server) &&
         bijou_database_change (database, error, "DELETE FROM kept_state WHERE server = ?", "l",
                                server) &&
         bijou_database_change (database, error, "DELETE FROM stale_parent WHERE server = ?", "l",
                                server) &&
         bijou_database_change (database, error, "DELETE FROM server WHERE pk = ?", "l", server);
}

/**
 * bijou_store_remove_server:
 * @self: a store
 * @server_id: a server
 *
 * Forgets it and all its rows, also what waits to be sent to it. One that is not known is fine.
 */
gboolean
bijou_store_remove_server (BijouStore *self, const char *server_id, GError **error)
{
  return bijou_store_write (self, remove_server_in_worker, (gpointer) server_id, error);
}

static BijouServer *
read_server (sqlite3_stmt *statement)
{
  BijouServer *server = bijou_server_new ((const char *) sqlite3_column_text (statement, 1),
                                          (const char *) sqlite3_column_text (statement, 0),
                                          (const char *) sqlite3_column_text (statement, 2));

  server->version = bijou_database_dup_text (statement, 3);
  server->user_id = bijou_database_dup_text (statement, 4);
  server->user_name = bijou_database_dup_text (statement, 5);
  server->account_id = bijou_database_dup_text (statement, 6);
  g_free (server->client_id);
  server->client_id = bijou_database_dup_text (statement, 7);
  server->https_required = sqlite3_column_int (statement, 8);
  server->pin = bijou_database_dup_text (statement, 9);
  return server;
}

static BijouAddress *
read_address (sqlite3_stmt *statement)
{
  const char *class_name = (const char *) sqlite3_column_text (statement, 1);
  const char *source_name = (const char *) sqlite3_column_text (statement, 2);
  BijouAddress *address = bijou_address_new ((const char *) sqlite3_column_text (statement, 0),
                                             address_source_from_string (source_name));

  address->address_class = address_class_from_string (class_name);
  address->last_success = sqlite3_column_int64 (statement, 3);
  address->latency_ms = sqlite3_column_int (statement, 4);
  address->failures = sqlite3_column_int (statement, 5);
  address->failed_at = sqlite3_column_int64 (statement, 6);
  address->pinned = sqlite3_column_int (statement, 7);
  address->disabled = sqlite3_column_int (statement, 8);
  return address;
}

static void
read_addresses (BijouDatabase *database, BijouServer *server, GError **error)
{
  sqlite3_stmt *statement = bijou_database_query (
      database, error,
      "SELECT a.url, a.class, a.source, a.last_success, a.latency_ms, a.failures,"
      " a.failed_at, a.pinned, a.disabled FROM address a JOIN server s ON s.pk = a.server WHERE "
      "s.id = ?"
      " ORDER BY a.position",
      "t", server->id);

  while (bijou_database_next (database, statement, error))
    g_ptr_array_add (server->addresses, read_address (statement));
}

static void
read_winners (BijouDatabase *database, BijouServer *server, GError **error)
{
  sqlite3_stmt *statement = bijou_database_query (
      database, error,
      "SELECT w.network, w.url, w.won_at FROM network_winner w JOIN server s ON s.pk = w.server"
      " WHERE s.id = ? ORDER BY w.won_at",
      "t", server->id);

  while (bijou_database_next (database, statement, error))
    g_ptr_array_add (server->winners,
                     bijou_network_winner_new ((const char *) sqlite3_column_text (statement, 0),
                                               (const char *) sqlite3_column_text (statement, 1),
                                               sqlite3_column_int64 (statement, 2)));
}

/**
 * bijou_store_list_servers:
 * @self: a store
 *
 * Returns: (transfer full) (nullable) (element-type BijouServer): in the order in which they were
 *   added
 */
GPtrArray *
bijou_store_list_servers (BijouStore *self, GError **error)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new_with_free_func (g_object_unref);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement;

  if (database == NULL)
    return NULL;

  statement = bijou_database_query (database, &local_error,
                                    "SELECT id, backend, name, version, user_id, user_name,"
                                    " account_id, client_id, https_required, pin FROM server"
                                    " ORDER BY pk",
                                    NULL);
  while (bijou_database_next (database, statement, &local_error))
    g_ptr_array_add (servers, read_server (statement));
  for (guint i = 0; local_error == NULL && i < servers->len; i++)
    {
      read_addresses (database, g_ptr_array_index (servers, i), &local_error);
      if (local_error == NULL)
        read_winners (database, g_ptr_array_index (servers, i), &local_error);
    }
  bijou_store_give_reader (self, database);

  if (local_error == NULL)
    return g_steal_pointer (&servers);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static gboolean
write_library (BijouDatabase *database,
               gint64 server,
               BijouLibrary *library,
               guint position,
               gboolean *changed,
               GError **error)
{
  const char *kind = bijou_library_kind_to_string (library->kind);

  /* The condition keeps rows, and so listeners, quiet when nothing is new. */
  if (!bijou_database_change (
          database, error,
          "INSERT INTO library (server, remote_id, position, title, kind, change_tag, hidden)"
          " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (server, remote_id) DO UPDATE SET"
          " position = excluded.position, title = excluded.title, kind = excluded.kind,"
          " change_tag = excluded.change_tag, hidden = excluded.hidden, unlisted_since = 0 WHERE"
          " (position, title, kind, hidden, coalesce (change_tag, ''), unlisted_since) IS NOT"
          " (excluded.position, excluded.title, excluded.kind, excluded.hidden,"
          "  coalesce (excluded.change_tag, ''), 0)",
          "ltittti", server, library->remote_id, (int) position, library->title, kind,
          library->change_tag, library->hidden))
    return FALSE;
  *changed = *changed || bijou_database_get_changes (database) > 0;
  return bijou_database_change (database, error, "DELETE FROM temp.listed WHERE remote_id = ?", "t",
                                library->remote_id);
}

/* A server that lists none: takes those out of temp.listed that are to be kept for now; an empty
 * one is no loss. */
static gboolean
doubt_unlisted (BijouDatabase *database, gint64 server, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  return bijou_database_change (database, error,
                                "UPDATE library SET unlisted_since ="
                                " min (?1, coalesce (nullif (unlisted_since, 0), ?1))"
                                " WHERE server = ?2 AND remote_id IN"
                                " (SELECT remote_id FROM temp.listed)",
                                "ll", now, server) &&
         bijou_database_change (database, error,
                                "DELETE FROM temp.listed WHERE remote_id IN"
                                " (SELECT l.remote_id FROM library l WHERE l.server = ?1"
                                "  AND l.unlisted_since > ?2"
                                "  AND EXISTS (SELECT 1 FROM item i WHERE i.library = l.pk))",
                                "ll", server, now - BIJOU_STORE_DOUBT_SECONDS);
}

static gboolean
remove_unlisted (BijouDatabase *database,
                 gint64 server,
                 guint *removed,
                 BijouStoreChange *change,
                 GError **error)
{
  if (!bijou_database_change (
          database, error,
          "DELETE FROM item WHERE library IN (SELECT l.pk FROM library l JOIN temp.listed g"
          " ON g.remote_id = l.remote_id WHERE l.server = ?)",
          "l", server))
    return FALSE;
  *removed = (guint) bijou_database_get_changes (database);
  if (*removed > 0)
    change->flags |= BIJOU_STORE_ITEMS | BIJOU_STORE_HOME;
  if (!bijou_database_change (database, error,
                              "DELETE FROM sync_run WHERE server = ? AND library IN"
                              " (SELECT remote_id FROM temp.listed)",
                              "l", server) ||
      !bijou_database_change (database, error,
                              "DELETE FROM library WHERE server = ? AND remote_id IN"
                              " (SELECT remote_id FROM temp.listed)",
                              "l", server))
    return FALSE;
  if (bijou_database_get_changes (database) > 0)
    change->flags |= BIJOU_STORE_LIBRARIES;
  return TRUE;
}

static gboolean
save_libraries_in_worker (BijouDatabase *database,
                          gpointer data,
                          BijouStoreChange *change,
                          GError **error)
{
  SaveRows *save = data;
  gint64 server = bijou_store_require_server (database, save->server_id, error);
  gboolean changed = FALSE;

  if (server == 0 ||
      !bijou_database_execute (database,
                               "CREATE TEMP TABLE IF NOT EXISTS listed (remote_id TEXT PRIMARY"
                               " KEY) WITHOUT ROWID; DELETE FROM temp.listed;",
                               error) ||
      !bijou_database_change (database, error,
                              "INSERT INTO temp.listed SELECT remote_id FROM library"
                              " WHERE server = ?",
                              "l", server))
    return FALSE;
  for (guint i = 0; i < save->rows->len; i++)
    if (!write_library (database, server, g_ptr_array_index (save->rows, i), i, &changed, error))
      return FALSE;

  bijou_store_change_set_scope (change, save->server_id, NULL);
  if (changed)
    change->flags |= BIJOU_STORE_LIBRARIES;
  /* That one is gone while others are there is somebody's will. */
  return (save->rows->len > 0 || doubt_unlisted (database, server, error)) &&
         remove_unlisted (database, server, &save->removed, change, error);
}

/**
 * bijou_store_save_libraries:
 * @self: a store
 * @server_id: a known server
 * @libraries: (element-type BijouLibrary): all that it has, in its order
 * @removed: (out) (optional): how many rows went with libraries that are gone
 *
 * See bijou-store.h.
 */
gboolean
bijou_store_save_libraries (
    BijouStore *self, const char *server_id, GPtrArray *libraries, guint *removed, GError **error)
{
  SaveRows save = { .server_id = server_id, .rows = libraries };
  gboolean saved = bijou_store_write (self, save_libraries_in_worker, &save, error);

  if (removed != NULL)
    *removed = saved ? save.removed : 0;
  return saved;
}

static BijouLibrary *
read_library (sqlite3_stmt *statement)
{
  BijouLibrary *library = bijou_library_new ((const char *) sqlite3_column_text (statement, 1),
                                             (const char *) sqlite3_column_text (statement, 2),
                                             (const char *) sqlite3_column_text (statement, 3));

  library->id = sqlite3_column_int64 (statement, 0);
  library->kind =
      bijou_library_kind_from_string ((const char *) sqlite3_column_text (statement, 4));
  library->change_tag = bijou_database_dup_text (statement, 5);
  library->hidden = sqlite3_column_int (statement, 6);
  library->unlisted_since = sqlite3_column_int64 (statement, 7);
  library->items = sqlite3_column_int64 (statement, 8);
  return library;
}

/**
 * bijou_store_list_libraries:
 * @self: a store
 * @server_id: (nullable): a server, %NULL for all
 *
 * Returns: (transfer full) (nullable) (element-type BijouLibrary): in the servers' order, with the
 *   films, shows and videos counted
 */
GPtrArray *
bijou_store_list_libraries (BijouStore *self, const char *server_id, GError **error)
{
  g_autoptr (GPtrArray) libraries = g_ptr_array_new_with_free_func (g_object_unref);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement;

  if (database == NULL)
    return NULL;

  statement = bijou_database_query (
      database, &local_error,
      "SELECT l.pk, s.id, l.remote_id, l.title, l.kind, l.change_tag, l.hidden,"
      " l.unlisted_since, (SELECT count (*) FROM item i WHERE i.library = l.pk"
      "   AND i.kind IN ('movie', 'show', 'video'))"
      " FROM library l JOIN server s ON s.pk = l.server WHERE ?1 IS NULL OR s.id = ?1"
      " ORDER BY s.pk, l.position",
      "t", server_id);
  while (bijou_database_next (database, statement, &local_error))
    g_ptr_array_add (libraries, read_library (statement));
  bijou_store_give_reader (self, database);

  if (local_error == NULL)
    return g_steal_pointer (&libraries);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}
