#pragma once

#include "bijou-store.h"

/* A store in a folder of its own, for the tests of src/store and src/sync. */
typedef struct
{
  char *folder;
  char *path;
  BijouStore *store;
} StoreFixture;

void store_fixture_set_up (StoreFixture *fixture, gconstpointer data);
void store_fixture_tear_down (StoreFixture *fixture, gconstpointer data);
void store_fixture_reopen (StoreFixture *fixture, gboolean expect_rebuilt);
void store_fixture_add_server (StoreFixture *fixture, const char *server_id);
void store_fixture_add_library (StoreFixture *fixture,
                                const char *server_id,
                                const char *library_id,
                                BijouLibraryKind kind);

BijouItem *make_item (BijouItemKind kind, const char *server, const char *id, const char *title);
BijouItem *
make_episode (const char *server, const char *id, const char *show, int season, int episode);
/* A whole run with one page; the array and its items are consumed. */
BijouSyncCounts store_fixture_sync (StoreFixture *fixture,
                                    const char *server,
                                    const char *library,
                                    BijouItemKind kind,
                                    GPtrArray *items);
GPtrArray *take_items (BijouItem *first, ...) G_GNUC_NULL_TERMINATED;
char *join_titles (GPtrArray *items);
char *store_fixture_list (StoreFixture *fixture, const BijouItemQuery *query);
BijouItem *store_fixture_get (StoreFixture *fixture, const char *server, const char *id);
