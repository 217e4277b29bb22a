#include "config.h"

#include "bijou-command-line.h"

#include "bijou-command.h"
#include "bijou-redact.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>

typedef gboolean (*CommandFunc) (BijouCommand *self, GError **error);

/* The one command that is at work, and the loop that serves the main context meanwhile. */
typedef struct
{
  BijouCommand command;
  CommandFunc func;
  GMainLoop *loop;
  GError *error; /* (owned) (nullable) */
  gboolean done;
} Run;

static gboolean
parse_sync (const char *name, const char *value, gpointer data, GError **error)
{
  BijouCommandLine *self = data;

  self->sync = TRUE;
  g_free (self->sync_server);
  self->sync_server = g_strdup (value);
  return TRUE;
}

static gboolean
parse_probe (const char *name, const char *value, gpointer data, GError **error)
{
  BijouCommandLine *self = data;

  self->probe = TRUE;
  g_free (self->probe_server);
  self->probe_server = g_strdup (value);
  return TRUE;
}

static void
add_server_options (GOptionGroup *group, BijouCommandLine *self)
{
  const GOptionEntry entries[] = {
    { "add-server", 0, 0, G_OPTION_ARG_STRING, &self->add_server, N_ ("Sign in to a server"),
      N_ ("URL") },
    { "add-account", 0, 0, G_OPTION_ARG_STRING, &self->add_account,
      N_ ("Add every server of an account"), "plex" },
    { "backend", 0, 0, G_OPTION_ARG_STRING, &self->backend, N_ ("The server's kind"),
      "plex|jellyfin" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &self->user, N_ ("The user to sign in"), N_ ("NAME") },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &self->password_stdin,
      N_ ("Read the password from standard input"), NULL },
    { "token-stdin", 0, 0, G_OPTION_ARG_NONE, &self->token_stdin,
      N_ ("Read a token from standard input"), NULL },
    { "pin", 0, 0, G_OPTION_ARG_STRING, &self->pin, N_ ("Trust a certificate by its public key"),
      "sha256//…" },
    { "header", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->headers,
      N_ ("Send a header that a proxy asks for"), "'NAME: VALUE'" },
    { "list-servers", 0, 0, G_OPTION_ARG_NONE, &self->list_servers, N_ ("List the servers"), NULL },
    { "remove-server", 0, 0, G_OPTION_ARG_STRING, &self->remove_server,
      N_ ("Sign out and forget a server"), N_ ("SERVER") },
    { "probe", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, parse_probe,
      N_ ("Test every address of the servers"), N_ ("SERVER") },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };

  g_option_group_add_entries (group, entries);
}

static void
add_library_options (GOptionGroup *group, BijouCommandLine *self)
{
  const GOptionEntry entries[] = {
    { "sync", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, parse_sync,
      N_ ("Bring the library up to date"), N_ ("SERVER") },
    { "full", 0, 0, G_OPTION_ARG_NONE, &self->full, N_ ("Fetch everything anew"), NULL },
    { "sync-log", 0, 0, G_OPTION_ARG_NONE, &self->sync_log, N_ ("List past syncs, newest first"),
      NULL },
    { "list", 0, 0, G_OPTION_ARG_STRING, &self->list, N_ ("List what is in the library"),
      N_ ("KIND") },
    { "server", 0, 0, G_OPTION_ARG_STRING, &self->server, N_ ("Only of this server"),
      N_ ("SERVER") },
    { "library", 0, 0, G_OPTION_ARG_STRING, &self->library, N_ ("Only of this library"),
      N_ ("ID") },
    { "parent", 0, 0, G_OPTION_ARG_STRING, &self->parent,
      N_ ("Only what is in this show, season, collection or playlist"), N_ ("ITEM") },
    { "sort", 0, 0, G_OPTION_ARG_STRING, &self->sort,
      "title, year, added, released, rating, duration, played, random, index", N_ ("ORDER") },
    { "search", 0, 0, G_OPTION_ARG_STRING, &self->search, N_ ("Search the library"), N_ ("TEXT") },
    { "info", 0, 0, G_OPTION_ARG_STRING, &self->info, N_ ("Everything known of an item"),
      N_ ("ITEM") },
    { "mark", 0, 0, G_OPTION_ARG_STRING, &self->mark, N_ ("Mark an item"), "watched|unwatched" },
    { "favourite", 0, 0, G_OPTION_ARG_STRING, &self->favourite, N_ ("Add to the favourites"),
      N_ ("ITEM") },
    { "unfavourite", 0, 0, G_OPTION_ARG_STRING, &self->unfavourite,
      N_ ("Remove from the favourites"), N_ ("ITEM") },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };

  g_option_group_add_entries (group, entries);
}

static void
add_media_options (GOptionGroup *group, BijouCommandLine *self)
{
  const GOptionEntry entries[] = {
    { "play", 0, 0, G_OPTION_ARG_STRING, &self->play, N_ ("Play an item"), N_ ("ITEM") },
    { "start-ms", 0, 0, G_OPTION_ARG_INT64, &self->start_ms, N_ ("Where to begin"), N_ ("N") },
    { "fullscreen", 0, 0, G_OPTION_ARG_NONE, &self->fullscreen, N_ ("Fill the screen"), NULL },
    { "exit-at-end", 0, 0, G_OPTION_ARG_NONE, &self->exit_at_end, N_ ("Quit after the film"),
      NULL },
    { "fetch", 0, 0, G_OPTION_ARG_STRING, &self->fetch, N_ ("Complete an item's cache entry"),
      N_ ("ITEM") },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &self->output, N_ ("Also write the film to a file"),
      N_ ("FILE") },
    { "cache", 0, 0, G_OPTION_ARG_NONE, &self->cache, N_ ("List what is in the cache"), NULL },
    { "clear", 0, 0, G_OPTION_ARG_NONE, &self->clear, N_ ("With --cache: empty it"), NULL },
    { "exit-after-startup", 0, 0, G_OPTION_ARG_NONE, &self->exit_after_startup,
      N_ ("Measure the start of the window"), NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };

  g_option_group_add_entries (group, entries);
}

static void
add_common_options (GOptionGroup *group, BijouCommandLine *self)
{
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &self->profile,
      N_ ("Keep data, cache and settings there"), N_ ("DIR") },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &self->ca_file, N_ ("Trust these certificates too"),
      N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_ ("One JSON object a line"), NULL },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &self->verbose, N_ ("Tell what happens"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, N_ ("Print the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->rest, NULL, N_ ("[ITEM]") },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };

  g_option_group_add_entries (group, entries);
}

/* In the order of `--help`. */
static GOptionGroup *
make_options (BijouCommandLine *self)
{
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, self, NULL);

  add_server_options (group, self);
  add_library_options (group, self);
  add_media_options (group, self);
  add_common_options (group, self);
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  return group;
}

static gboolean
set_usage_error (GError **error, const char *sentence)
{
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE, "%s", sentence);
  return FALSE;
}

static guint
count_commands (const BijouCommandLine *self)
{
  return (self->add_server != NULL) + (self->add_account != NULL) + self->list_servers +
         (self->remove_server != NULL) + self->probe + self->sync + self->sync_log +
         (self->list != NULL) + (self->search != NULL) + (self->info != NULL) +
         (self->mark != NULL) + (self->favourite != NULL) + (self->unfavourite != NULL) +
         (self->play != NULL) + (self->fetch != NULL) + self->cache + self->exit_after_startup;
}

/* An option that only goes with others does not open a window without them. */
static gboolean
check_company (const BijouCommandLine *self, GError **error)
{
  gboolean signs_in = self->add_server != NULL || self->add_account != NULL;
  const struct
  {
    gboolean given;
    gboolean fits;
    const char *sentence;
  } rules[] = {
    { self->backend != NULL || self->user != NULL || self->password_stdin, self->add_server != NULL,
      N_ ("--backend, --user and --password-stdin go with --add-server") },
    { self->token_stdin, signs_in, N_ ("--token-stdin goes with --add-server or --add-account") },
    { self->pin != NULL || self->headers != NULL, self->add_server != NULL,
      N_ ("--pin and --header go with --add-server") },
    { self->full, self->sync, N_ ("--full goes with --sync") },
    { self->server != NULL || self->library != NULL || self->parent != NULL || self->sort != NULL,
      self->list != NULL, N_ ("--server, --library, --parent and --sort go with --list") },
    { self->start_ms >= 0 || self->fullscreen || self->exit_at_end, self->play != NULL,
      N_ ("--start-ms, --fullscreen and --exit-at-end go with --play") },
    { self->output != NULL, self->fetch != NULL, N_ ("--output goes with --fetch") },
    { self->clear, self->cache, N_ ("--clear goes with --cache") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (rules[i].given && !rules[i].fits)
      return set_usage_error (error, _ (rules[i].sentence));
  return TRUE;
}

static gboolean
check_usage (const BijouCommandLine *self, GError **error)
{
  guint n_rest = self->rest != NULL ? g_strv_length (self->rest) : 0;

  if (count_commands (self) > 1)
    return set_usage_error (error, _ ("Only one command at a time"));
  if (n_rest > 1 || (n_rest == 1 && self->mark == NULL && count_commands (self) > 0))
    return set_usage_error (error, _ ("One item at a time"));
  if (self->mark != NULL && n_rest == 0)
    return set_usage_error (error, _ ("--mark needs an item"));
  if (self->mark != NULL && !g_str_equal (self->mark, "watched") &&
      !g_str_equal (self->mark, "unwatched"))
    return set_usage_error (error, _ ("--mark is watched or unwatched"));
  if (self->password_stdin && self->token_stdin)
    return set_usage_error (error, _ ("--password-stdin and --token-stdin exclude each other"));
  if (self->add_account != NULL && !self->token_stdin)
    return set_usage_error (error, _ ("--add-account needs --token-stdin"));
  if (self->pin != NULL && !bijou_trust_check_pins (self->pin))
    return set_usage_error (error, _ ("--pin is sha256// and the base64 of a hash"));
  for (guint i = 0; self->headers != NULL && self->headers[i] != NULL; i++)
    if (!bijou_trust_check_header (self->headers[i]))
      return set_usage_error (error, _ ("--header is 'Name: value'"));
  if (self->backend != NULL && bijou_backend_type_find (self->backend) == NULL)
    return set_usage_error (error, _ ("--backend is plex or jellyfin"));
  if (self->sort != NULL && !bijou_sort_from_string (self->sort, &(BijouSort){ 0 }))
    return set_usage_error (error, _ ("--sort does not know this order"));
  return check_company (self, error);
}

/**
 * bijou_command_line_parse:
 * @self: zeroed; filled
 * @argc: (inout): the arguments
 * @argv: (inout): the arguments
 * @error: return location
 *
 * `--help` prints and ends the process.
 *
 * Returns: %FALSE with %BIJOU_ERROR_USAGE for wrong usage
 */
gboolean
bijou_command_line_parse (BijouCommandLine *self, int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) local = NULL;

  self->start_ms = -1;
  g_option_context_set_main_group (context, make_options (self));
  if (!g_option_context_parse (context, argc, argv, &local))
    return set_usage_error (error, local->message);
  return check_usage (self, error);
}

/**
 * bijou_command_line_clear:
 * @self: a parsed command line
 */
void
bijou_command_line_clear (BijouCommandLine *self)
{
  char **texts[] = { &self->profile, &self->ca_file,       &self->add_server,  &self->add_account,
                     &self->backend, &self->user,          &self->sync_server, &self->list,
                     &self->server,  &self->library,       &self->parent,      &self->sort,
                     &self->search,  &self->info,          &self->mark,        &self->favourite,
                     &self->play,    &self->remove_server, &self->unfavourite, &self->fetch,
                     &self->output,  &self->probe_server,  &self->pin };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
  g_clear_pointer (&self->rest, g_strfreev);
  g_clear_pointer (&self->headers, g_strfreev);
}

static CommandFunc
find_command (const BijouCommandLine *self)
{
  if (self->add_server != NULL)
    return bijou_command_add_server;
  if (self->add_account != NULL)
    return bijou_command_add_account;
  if (self->list_servers)
    return bijou_command_list_servers;
  if (self->remove_server != NULL)
    return bijou_command_remove_server;
  if (self->probe)
    return bijou_command_probe;
  if (self->sync)
    return bijou_command_sync;
  if (self->sync_log)
    return bijou_command_sync_log;
  if (self->list != NULL)
    return bijou_command_list;
  if (self->search != NULL)
    return bijou_command_search;
  if (self->info != NULL)
    return bijou_command_info;
  if (self->mark != NULL || self->favourite != NULL || self->unfavourite != NULL)
    return bijou_command_mark;
  if (self->fetch != NULL)
    return bijou_command_fetch;
  if (self->cache)
    return bijou_command_cache;
  return NULL;
}

/**
 * bijou_command_line_is_headless:
 * @self: a parsed command line
 *
 * Returns: whether what is asked for is done without a window
 */
gboolean
bijou_command_line_is_headless (const BijouCommandLine *self)
{
  return self->version || find_command (self) != NULL;
}

static gboolean
quit_cb (gpointer data)
{
  Run *run = data;

  run->done = TRUE;
  g_main_loop_quit (run->loop);
  return G_SOURCE_REMOVE;
}

static gpointer
run_in_thread (gpointer data)
{
  Run *run = data;

  if (!run->func (&run->command, &run->error) && run->error == NULL)
    g_set_error (&run->error, BIJOU_ERROR, BIJOU_ERROR_FAILED, _ ("Not all of it was done"));
  g_idle_add (quit_cb, run);
  return NULL;
}

static gboolean
on_interrupt_cb (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

/* What the user can act on, and behind it what happened, unless that says the same. */
static char *
make_sentence (const GError *error)
{
  g_autofree char *general = NULL;

  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_USAGE) ||
      g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FAILED))
    return g_strdup (error->message);
  general = bijou_error_to_sentence (error);
  if (g_str_has_prefix (general, error->message))
    return g_steal_pointer (&general);
  return g_strdup_printf ("%s (%s)", general, error->message);
}

static int
report_end (Run *run)
{
  g_autofree char *sentence = NULL;
  g_autofree char *safe = NULL;

  bijou_output_end (run->command.output);
  if (g_cancellable_is_cancelled (run->command.cancellable))
    return BIJOU_EXIT_STOPPED;
  if (run->error == NULL)
    return BIJOU_EXIT_DONE;

  sentence = g_strdelimit (make_sentence (run->error), "\r\n", ' ');
  safe = bijou_redact (sentence);
  fprintf (stderr, "bijou: %s\n", safe);
  return g_error_matches (run->error, BIJOU_ERROR, BIJOU_ERROR_USAGE) ? BIJOU_EXIT_USAGE
                                                                      : BIJOU_EXIT_FAILED;
}

/* The command blocks on a thread of its own; the main thread serves signals and Ctrl+C. */
static int
run_command (const BijouCommandLine *self, BijouContext *context)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (BijouOutput) output = bijou_output_new (self->json);
  Run run = { { self, context, output, cancellable }, find_command (self), loop, NULL, FALSE };
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt_cb, cancellable);
  guint terminate = g_unix_signal_add (SIGTERM, on_interrupt_cb, cancellable);
  GThread *thread = g_thread_new ("bijou-command", run_in_thread, &run);
  int status;

  if (!run.done)
    g_main_loop_run (loop);
  g_thread_join (thread);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  status = report_end (&run);
  g_clear_error (&run.error);
  return status;
}

/**
 * bijou_command_line_run:
 * @self: a parsed command line that is headless
 *
 * Returns: the exit status
 */
int
bijou_command_line_run (const BijouCommandLine *self)
{
  BijouContextOptions options = { self->profile, self->ca_file };
  g_autoptr (BijouContext) context = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (self->version)
    {
      puts ("bijou " PACKAGE_VERSION);
      return BIJOU_EXIT_DONE;
    }

  context = bijou_context_new (&options, &error);
  if (context == NULL)
    {
      fprintf (stderr, "bijou: %s\n", error->message);
      return BIJOU_EXIT_FAILED;
    }
  if (bijou_context_was_rebuilt (context))
    fprintf (stderr, "bijou: %s\n",
             _ ("The library on this computer was damaged and is built anew by the next sync."));
  status = run_command (self, context);
  bijou_context_shutdown (context);
  return status;
}

/**
 * bijou_command_line_dup_item:
 * @self: a parsed command line
 *
 * Returns: (transfer full) (nullable): the item that a window is to open
 */
char *
bijou_command_line_dup_item (const BijouCommandLine *self)
{
  const char *item = self->rest != NULL ? self->rest[0] : NULL;

  if (item != NULL && g_str_has_prefix (item, "bijou:item/"))
    return g_uri_unescape_string (item + strlen ("bijou:item/"), NULL);
  return g_strdup (item);
}
