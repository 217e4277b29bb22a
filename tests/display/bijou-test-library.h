#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/**
 * BijouTestLibrary:
 * A profile in a folder of its own, with a server that is never reached, films and one series.
 */
typedef struct
{
  char *folder;          /* (owned) */
  BijouContext *context; /* (owned) */
  BijouStore *store;     /* (unowned) */
  BijouLibrary *films;   /* (owned) */
  BijouLibrary *shows;   /* (owned) */
} BijouTestLibrary;

#define BIJOU_TEST_SERVER "test-server"

BijouTestLibrary *bijou_test_library_new (guint n_films);
void bijou_test_library_free (BijouTestLibrary *self);
/* Runs a full sync of the films again, with these numbers. */
void bijou_test_library_save_films (BijouTestLibrary *self, const guint *numbers, guint n_numbers);
BijouItem *bijou_test_library_get (BijouTestLibrary *self, const char *remote_id);
/* Lets the main loop run until @done says so; fails the test after a generous while. */
void bijou_test_wait (gboolean (*done) (gpointer data), gpointer data);
/* Lets the main loop do what is pending. */
void bijou_test_settle (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouTestLibrary, bijou_test_library_free)

G_END_DECLS
