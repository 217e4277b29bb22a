#include "config.h"

#include "bench-profile.h"

#include "bijou-test-files.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void
bench_fail (const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("bench: %s\n", text);
  exit (1);
}

void
bench_print (
    const char *name, const char *backend, const char *what, double value, const char *unit)
{
  g_autofree char *metric =
      backend != NULL ? g_strconcat (backend, "-", what, NULL) : g_strdup (what);
  int decimals = value == floor (value) ? 0 : fabs (value) < 10 ? 2 : 1;

  g_print ("%s %s %.*f %s\n", name, metric, decimals, value, unit);
}

BijouFakeServer *
bench_start_server (BijouFakeProtocolKind kind, const BijouFakeOptions *options)
{
  g_autoptr (GError) error = NULL;
  BijouFakeServer *server = bijou_fake_server_start (kind, options, &error);

  if (server == NULL)
    bench_fail ("%s", error->message);
  return server;
}

/* --- programs --- */

static JsonObject *
parse_last_line (const char *out)
{
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);
  guint n = g_strv_length (lines);
  g_autoptr (JsonNode) node = NULL;

  while (n > 0 && *lines[n - 1] == '\0')
    n--;
  if (n == 0)
    return NULL;
  node = json_from_string (lines[n - 1], NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    bench_fail ("No JSON: %s", lines[n - 1]);
  return json_node_dup_object (node);
}

JsonObject *
bench_run (const char *const *arguments, const char *input, gint64 *ms)
{
  gint64 begun_at = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      arguments,
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | (input != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE : 0), &error);

  if (process == NULL || !g_subprocess_communicate_utf8 (process, input, NULL, &out, NULL, &error))
    bench_fail ("%s", error->message);
  if (!g_subprocess_get_successful (process))
    bench_fail ("%s %s failed", arguments[0], arguments[1]);
  if (ms != NULL)
    *ms = (g_get_monotonic_time () - begun_at) / 1000;
  return parse_last_line (out);
}

/* --- the profile --- */

void
bench_profile_init (BenchProfile *self)
{
  g_autoptr (GError) error = NULL;
  const char *build = g_getenv ("BIJOU_BUILD");

  if (build == NULL)
    bench_fail ("build-aux/bench starts this");
  self->program = g_build_filename (build, "src", "bijou", NULL);
  self->folder = g_dir_make_tmp ("bijou-bench-XXXXXX", &error);
  if (self->folder == NULL)
    bench_fail ("%s", error->message);
}

void
bench_profile_clear (BenchProfile *self)
{
  bijou_test_remove_tree (self->folder);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->program, g_free);
}

JsonObject *
bench_profile_run (BenchProfile *self, const char *input, gint64 *ms, ...)
{
  g_autofree char *profile = g_strconcat ("--profile=", self->folder, NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  const char *argument;
  va_list list;

  g_ptr_array_add (arguments, self->program);
  g_ptr_array_add (arguments, profile);
  g_ptr_array_add (arguments, (gpointer) "--json");
  va_start (list, ms);
  do
    {
      argument = va_arg (list, const char *);
      g_ptr_array_add (arguments, (gpointer) argument);
    }
  while (argument != NULL);
  va_end (list);
  return bench_run ((const char *const *) arguments->pdata, input, ms);
}

void
bench_profile_add (BenchProfile *self, BijouFakeServer *server)
{
  g_autofree char *option = g_strconcat ("--add-server=", bijou_fake_server_get_url (server), NULL);
  g_autofree char *token = bijou_fake_server_dup_token (server, 0);
  g_autoptr (JsonObject) added =
      bench_profile_run (self, token, NULL, option, "--token-stdin", NULL);

  g_assert_nonnull (added);
}
