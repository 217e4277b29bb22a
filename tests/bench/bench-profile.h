/* A profile in a folder of its own, filled by the program itself. */
#pragma once

#include "bijou-fake-server.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *folder;  /* (owned) */
  char *program; /* (owned) */
} BenchProfile;

void bench_profile_init (BenchProfile *self);
void bench_profile_clear (BenchProfile *self); /* removes the folder */

/* Runs the program with --profile and --json; arguments end with NULL. What it prints last, NULL
 * when it prints nothing; ends the process when it fails. @ms: from its start to its end. */
JsonObject *
bench_profile_run (BenchProfile *self, const char *input, gint64 *ms, ...) G_GNUC_NULL_TERMINATED;
void bench_profile_add (BenchProfile *self, BijouFakeServer *server);

/* Runs any program and parses the one line that it prints. */
JsonObject *bench_run (const char *const *arguments, const char *input, gint64 *ms);
BijouFakeServer *bench_start_server (BijouFakeProtocolKind kind, const BijouFakeOptions *options);
/* One line of `name metric value unit`. */
void bench_print (
    const char *name, const char *backend, const char *what, double value, const char *unit);
void bench_fail (const char *format, ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;

G_END_DECLS
