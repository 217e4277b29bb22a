#pragma once

#include "bijou-backend.h"

/**
 * FakeBackend:
 * A server in the process, with faults to order. Written by the test while no sync runs.
 */
#define FAKE_TYPE_BACKEND (fake_backend_get_type ())
G_DECLARE_FINAL_TYPE (FakeBackend, fake_backend, FAKE, BACKEND, GObject)

typedef enum
{
  FAKE_FAULT_NONE,
  FAKE_FAULT_ERROR,         /* the page fails with error_code */
  FAKE_FAULT_SHORT,         /* half of the page's rows, once */
  FAKE_FAULT_EMPTY,         /* an empty page in the middle */
  FAKE_FAULT_REPEAT,        /* the page before once more, with full rows */
  FAKE_FAULT_REPEAT_ALL,    /* the first page for ever */
  FAKE_FAULT_IGNORE_PAGING, /* everything at once */
  FAKE_FAULT_HANG,          /* waits until it is cancelled */
  FAKE_FAULT_DEAF,          /* waits for fake_backend_release(), cancelled or not */
  FAKE_FAULT_GROW,          /* a row is put in front while the page is read */
} FakeFault;

struct _FakeBackend
{
  GObject parent_instance;

  char *server_id;
  GPtrArray *libraries;
  GHashTable *lists; /* "library/kind" to GPtrArray of BijouItem */
  GPtrArray *home[2];

  FakeFault fault;
  BijouItemKind fault_kind; /* UNKNOWN: of any */
  guint fault_page;         /* the page that it hits, from 1; 0: each */
  guint fault_times;        /* how often, 0: always */
  BijouError error_code;
  gint64 retry_after_ms; /* that come with it */
  guint page_cap;        /* rows that a page has at most, 0 any */
  int total_off;         /* added to each total */
  gboolean no_total;     /* never tells it */
  gboolean first_total_only;
  guint hidden_each; /* each n-th row counts but is not shown */

  GMutex lock;
  GCond changed;
  guint n_pages; /* asked for */
  guint n_running;
  guint max_running;
  guint n_hit;
  gboolean released;
  GPtrArray *sent;       /* what was set: "watched 7", in order */
  BijouError send_error; /* 0: takes everything */
  gboolean refuse_send;
  const char *refused_id; /* (nullable) only marks of this one fail */
  guint lose_answers;     /* so many changes are taken, but no answer comes */
};

FakeBackend *fake_backend_new (const char *server_id);
BijouLibrary *fake_backend_add_library (FakeBackend *self, const char *id, BijouLibraryKind kind);
GPtrArray *fake_backend_get_list (FakeBackend *self, const char *library, BijouItemKind kind);
void fake_backend_add_films (FakeBackend *self, const char *library, guint n);
void fake_backend_add_shows (
    FakeBackend *self, const char *library, guint shows, guint seasons, guint episodes);
void fake_backend_wait_for_pages (FakeBackend *self, guint n);
void fake_backend_release (FakeBackend *self);
