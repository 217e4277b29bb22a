/* An entry of the cache, a film on a loopback server that it is of, and who says where that is. */
#pragma once

#include "bijou-media-cache.h"

#include "bijou-test-film.h"

G_BEGIN_DECLS

#define MB (1024 * 1024)
#define CACHE_BIG_BUDGET ((gint64) 1 << 40)

/**
 * TestOrigin:
 * Where the film is, or will be after a failure.
 */
#define TEST_TYPE_ORIGIN (test_origin_get_type ())
G_DECLARE_FINAL_TYPE (TestOrigin, test_origin, TEST, ORIGIN, GObject)

struct _TestOrigin
{
  GObject parent_instance;

  gint port;      /* atomic: where to go */
  gint next_port; /* atomic: where to go after a failure, 0 the same */
  gint asks;      /* atomic: whether it has a question for a spare connection, /question */
  gint imposters; /* atomic: somebody else answers, so many times that one asks who it is */
  gint token;     /* atomic: it gets another one when this one is refused */
  gint requests;  /* atomic */
  gint failures;  /* atomic */
  gint blamed;    /* atomic: the port of the last failure */
};

TestOrigin *test_origin_new (Loopback *server);

typedef struct
{
  char *directory;
  Film *film;
  Loopback *server;
  BijouHttp *http;
  TestOrigin *origin;
  BijouMediaCache *cache;
} CacheFixture;

/* @directory NULL: a new one. */
void cache_set_up_with (CacheFixture *fixture, gint64 size, const char *directory);
/* For g_test_add(); the data is the size, NULL 8 MB. */
void cache_set_up (CacheFixture *fixture, gconstpointer data);
void cache_tear_down (CacheFixture *fixture, gconstpointer data);
/* Everything on disk, nothing in this process: as after a restart. */
void cache_restart (CacheFixture *fixture);

BijouCacheEntry *cache_open_of (CacheFixture *fixture, const char *item, gboolean online);
BijouCacheEntry *cache_open (CacheFixture *fixture);
BijouCacheReader *cache_add_reader (BijouCacheEntry *entry);
/* Until no transfer is at work. Returns how many bytes are here. */
gint64 cache_wait_until_idle (BijouCacheEntry *entry);
/* Reads all of it and compares each byte. */
void cache_assert_reads (CacheFixture *fixture,
                         BijouCacheEntry *entry,
                         BijouCacheReader *reader,
                         gint64 offset,
                         gint64 length);
gssize
cache_read_some (BijouCacheEntry *entry, BijouCacheReader *reader, gint64 offset, GError **error);

/* Of the one film that was closed: all of it is on disk, claimed, and right. */
void cache_assert_kept_whole (CacheFixture *fixture);
/* Any other request of the program, which must not wait for the cache. */
void cache_ask_server (CacheFixture *fixture);

/**
 * Gate:
 * Before what may take long; zeroed. Whoever passes it waits while it is closed.
 */
typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean closed;
  guint waiting;
} Gate;

void gate_pass (Gate *self);
void gate_set_closed (Gate *self, gboolean closed);
void gate_wait_until_busy (Gate *self);

/* (transfer full) (nullable): the first file in it whose name ends so. */
char *find_file (const char *directory, const char *suffix);
/* Whether every byte that the sidecars claim is the one in @body. Returns how many they are. */
gint64 assert_claims_hold (const char *directory, const char *body, gint64 size);

G_END_DECLS
