#include "config.h"

#include "bijou-fake-discovery.h"
#include "bijou-fake-server.h"
#include "bijou-fake-writer.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  BijouFakeOptions options;
  int plex_port, jellyfin_port, plextv_port;
  int discovery_port;
  gboolean second_plex, share;
  BijouFakeDiscovery *discovery;
  int movies, shows, seasons, episodes;
  int latency, page_cap;
  gint64 bandwidth;
  char *catalogue, *media_dir, *log, *version, *state, *base_path, *name, *plex_name,
      *jellyfin_name;
  char **faults;
  gboolean exit_with_stdin;
  GMainLoop *loop;
} Program;

static gboolean
on_stdin_cb (int fd, GIOCondition condition, gpointer data)
{
  Program *program = data;
  char buffer[256];

  if (read (fd, buffer, sizeof buffer) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (program->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal_cb (gpointer data)
{
  g_main_loop_quit (((Program *) data)->loop);
  return G_SOURCE_CONTINUE;
}

static BijouFakeServer *
start (Program *program,
       BijouFakeProtocolKind kind,
       int port,
       const char *name,
       const char *id,
       const char *suffix)
{
  BijouFakeOptions options = program->options;
  g_autofree char *state =
      program->state != NULL ? g_strconcat (program->state, ".", suffix, NULL) : NULL;
  g_autoptr (GError) error = NULL;
  BijouFakeServer *server;

  options.port = port;
  options.name = name;
  options.id = id;
  options.state_file = state;
  if (program->share)
    options.share =
        kind == BIJOU_FAKE_JELLYFIN ? BIJOU_FAKE_SHARE_GROWN_UP : BIJOU_FAKE_SHARE_FAMILY;
  options.base_path = kind == BIJOU_FAKE_JELLYFIN ? program->base_path : NULL;
  server = bijou_fake_server_start (kind, &options, &error);
  if (server == NULL)
    {
      g_printerr ("bijou-test-server: %s\n", error->message);
      exit (1);
    }
  for (guint i = 0; program->faults != NULL && program->faults[i] != NULL; i++)
    bijou_fake_server_add_fault (server, "%s", program->faults[i]);
  return server;
}

static void
put_server (FakeWriter *w, BijouFakeServer *server, const char *name, const char *id_name)
{
  g_autofree char *token = bijou_fake_server_dup_token (server, 0);
  g_autofree char *token_name = g_strconcat (name, "_token", NULL);

  fake_str (w, name, bijou_fake_server_get_url (server));
  fake_str (w, token_name, token);
  if (id_name != NULL)
    fake_str (w, id_name, bijou_fake_server_get_id (server));
}

static void
announce (BijouFakeServer *plex,
          BijouFakeServer *second,
          BijouFakeServer *jellyfin,
          BijouFakeServer *plextv,
          BijouFakeDiscovery *discovery)
{
  g_autoptr (FakeWriter) w = fake_writer_new (FAKE_WRITER_JSON);
  g_autoptr (GString) line = NULL;

  fake_object (w, NULL, NULL);
  put_server (w, plex, "plex", "plex_machine");
  if (second != NULL)
    put_server (w, second, "plex2", "plex2_machine");
  put_server (w, jellyfin, "jellyfin", "jellyfin_id");
  fake_str (w, "jellyfin_user", bijou_fake_server_get_user (jellyfin));
  fake_str (w, "jellyfin_password", bijou_fake_server_get_password (jellyfin));
  put_server (w, plextv, "plextv", NULL);
  if (discovery != NULL)
    fake_str (w, "discovery", bijou_fake_discovery_get_target (discovery));
  fake_end (w);
  line = fake_writer_finish (w);
  puts (line->str);
  fflush (stdout);
}

static void
fill_options (Program *program)
{
  BijouFakeOptions *options = &program->options;

  options->movies = MAX (0, program->movies);
  options->shows = MAX (0, program->shows);
  options->seasons = MAX (0, program->seasons);
  options->episodes = MAX (0, program->episodes);
  options->latency_ms = MAX (0, program->latency);
  options->page_cap = MAX (0, program->page_cap);
  options->bandwidth = MAX (0, program->bandwidth);
  options->catalogue = program->catalogue;
  options->media_dir = program->media_dir;
  options->log_file = program->log;
  options->jellyfin_version = program->version;
}

static const char *
choose_name (Program *program, const char *name, const char *fallback)
{
  return name != NULL ? name : program->name != NULL ? program->name : fallback;
}

static void
start_discovery (Program *program,
                 BijouFakeServer *plex,
                 BijouFakeServer *second,
                 BijouFakeServer *jellyfin)
{
  g_autoptr (GError) error = NULL;

  if (program->discovery_port < 0)
    return;
  program->discovery = bijou_fake_discovery_start ((guint) program->discovery_port, &error);
  if (program->discovery == NULL)
    {
      g_printerr ("bijou-test-server: %s\n", error->message);
      exit (1);
    }
  bijou_fake_discovery_add (program->discovery, plex);
  if (second != NULL)
    bijou_fake_discovery_add (program->discovery, second);
  bijou_fake_discovery_add (program->discovery, jellyfin);
}

static void
run (Program *program)
{
  BijouFakeServer *plex = start (program, BIJOU_FAKE_PLEX, program->plex_port,
                                 choose_name (program, program->plex_name, "Bijou Plex"),
                                 "b170000000000000000000000000000000000001", "plex");
  BijouFakeServer *second = NULL;
  BijouFakeServer *jellyfin =
      start (program, BIJOU_FAKE_JELLYFIN, program->jellyfin_port,
             choose_name (program, program->jellyfin_name, "Bijou Jellyfin"),
             "b1700000000000000000000000000002", "jellyfin");
  BijouFakeServer *plextv =
      start (program, BIJOU_FAKE_PLEXTV, program->plextv_port, "plex.tv", NULL, "plextv");

  bijou_fake_server_list_plex (plextv, plex);
  if (program->second_plex)
    {
      second = start (program, BIJOU_FAKE_PLEX, 0, "Second Plex",
                      "b170000000000000000000000000000000000003", "plex2");
      bijou_fake_server_list_plex (plextv, second);
    }
  program->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, on_signal_cb, program);
  g_unix_signal_add (SIGINT, on_signal_cb, program);
  if (program->exit_with_stdin)
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_stdin_cb, program);
  start_discovery (program, plex, second, jellyfin);
  announce (plex, second, jellyfin, plextv, program->discovery);
  g_main_loop_run (program->loop);
  g_main_loop_unref (program->loop);
  g_clear_pointer (&program->discovery, bijou_fake_discovery_stop);
  bijou_fake_server_stop (plextv);
  bijou_fake_server_stop (jellyfin);
  g_clear_pointer (&second, bijou_fake_server_stop);
  bijou_fake_server_stop (plex);
}

int
main (int argc, char **argv)
{
  Program p = { .movies = 40, .shows = 6, .seasons = 2, .episodes = 5, .discovery_port = -1 };
  const GOptionEntry entries[] = {
    { "plex-port", 0, 0, G_OPTION_ARG_INT, &p.plex_port, "0: any free port", "N" },
    { "jellyfin-port", 0, 0, G_OPTION_ARG_INT, &p.jellyfin_port, "0: any free port", "N" },
    { "plextv-port", 0, 0, G_OPTION_ARG_INT, &p.plextv_port, "0: any free port", "N" },
    { "discovery-port", 0, 0, G_OPTION_ARG_INT, &p.discovery_port,
      "Answer GDM and Jellyfin's discovery on UDP; 0: any free port", "N" },
    { "second-plex-port", 0, 0, G_OPTION_ARG_NONE, &p.second_plex,
      "Also a second Plex server with the same keys", NULL },
    { "name", 0, 0, G_OPTION_ARG_STRING, &p.name, "Friendly name of both servers", "NAME" },
    { "plex-name", 0, 0, G_OPTION_ARG_STRING, &p.plex_name, "Of the Plex server", "NAME" },
    { "jellyfin-name", 0, 0, G_OPTION_ARG_STRING, &p.jellyfin_name, "Of the Jellyfin server",
      "NAME" },
    { "movies", 0, 0, G_OPTION_ARG_INT, &p.movies, "How many films", "N" },
    { "shows", 0, 0, G_OPTION_ARG_INT, &p.shows, "How many shows", "N" },
    { "seasons", 0, 0, G_OPTION_ARG_INT, &p.seasons, "How many seasons in each show", "N" },
    { "episodes", 0, 0, G_OPTION_ARG_INT, &p.episodes, "How many episodes in each season", "N" },
    { "catalogue", 0, 0, G_OPTION_ARG_FILENAME, &p.catalogue, "Directory of catalogue.json",
      "DIR" },
    { "share", 0, 0, G_OPTION_ARG_NONE, &p.share, "Divide the catalogue between the two", NULL },
    { "media-dir", 0, 0, G_OPTION_ARG_FILENAME, &p.media_dir, "Directory of films", "DIR" },
    { "latency", 0, 0, G_OPTION_ARG_INT, &p.latency, "Before each answer", "MS" },
    { "bandwidth", 0, 0, G_OPTION_ARG_INT64, &p.bandwidth, "Of each server", "BYTES_PER_S" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &p.log, "Append requests as JSON lines", "FILE" },
    { "jellyfin-version", 0, 0, G_OPTION_ARG_STRING, &p.version, "10.10.7, 10.11.11 or 12.0.0",
      "V" },
    { "jellyfin-base", 0, 0, G_OPTION_ARG_STRING, &p.base_path, "Base path such as /jellyfin",
      "PATH" },
    { "page-cap", 0, 0, G_OPTION_ARG_INT, &p.page_cap, "Most rows of a page", "N" },
    { "fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &p.faults, "See bijou-fake-faults.h", "SPEC" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &p.state, "Keep the play state there", "FILE" },
    { "exit-with-stdin", 0, 0, G_OPTION_ARG_NONE, &p.exit_with_stdin, "End at the end of stdin",
      NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("bijou-test-server: %s\n", error->message);
      return 2;
    }
  fill_options (&p);
  run (&p);
  g_strfreev (p.faults);
  g_free (p.catalogue);
  g_free (p.media_dir);
  g_free (p.log);
  g_free (p.version);
  g_free (p.state);
  g_free (p.base_path);
  g_free (p.name);
  g_free (p.plex_name);
  g_free (p.jellyfin_name);
  return 0;
}
