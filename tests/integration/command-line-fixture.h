/* The program itself, started as a user starts it, against fake servers inside of the test. */
#pragma once

#include "bijou-fake-exchange.h"
#include "bijou-fake-server.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Pages are this short, so that also a small library has several. */
#define CLI_PAGE_ROWS 25

typedef struct
{
  char *profile;           /* (owned) */
  BijouFakeServer *plex;   /* (owned) */
  BijouFakeServer *other;  /* (owned) a Plex with the same sections and keys */
  BijouFakeServer *film;   /* (owned) Jellyfin */
  BijouFakeServer *plextv; /* (owned) */
  GPtrArray *secrets;      /* (owned) of char *: never to be seen in what the program prints */
} Cli;

/* One call that ended. */
typedef struct
{
  int status;      /* exit status; -1: killed by a signal */
  char *out;       /* (owned) */
  char *err;       /* (owned) */
  GPtrArray *rows; /* (owned) of JsonObject */
} CliRun;

void cli_set_up (Cli *cli, gconstpointer data);
void cli_tear_down (Cli *cli, gconstpointer data);

/* Runs the program with --json and --profile; arguments end with NULL. Asserts what always holds:
 * stdout is JSON line by line, each line of stderr a message, no secret in either. */
CliRun *cli_run (Cli *cli, const char *input, ...) G_GNUC_NULL_TERMINATED;
GSubprocess *cli_start (Cli *cli, const char *input, const char *const *arguments);
CliRun *cli_finish (Cli *cli, GSubprocess *process, const char *input);
void cli_run_free (CliRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliRun, cli_run_free)

void cli_assert_done (CliRun *run); /* status 0 and nothing on stderr */
void cli_assert_fails (CliRun *run, int status, const char *sentence); /* one line that holds it */

void cli_add (Cli *cli, BijouFakeServer *server);
void cli_add_all (Cli *cli);
void cli_sync (Cli *cli); /* of all, well */

const char *cli_get_text (JsonObject *row, const char *name);
gint64 cli_get_int (JsonObject *row, const char *name); /* -1: null */
JsonObject *cli_find (CliRun *run, const char *id);
/* "SERVER:REMOTE-ID" (transfer full) */
char *cli_get_id (BijouFakeServer *server, BijouFakeItem *item);
BijouFakeItem *cli_get_item (BijouFakeServer *server, BijouFakeItemKind kind, guint place);
BijouFakeState *cli_get_state (BijouFakeServer *server, BijouFakeItem *item);

/* Every row of the mirror once, each field as the server has it, and nothing else. */
void cli_assert_mirror (Cli *cli, BijouFakeServer *server);
/* Remote ids of all rows of a server. (element-type char * (owned)) */
GHashTable *cli_list_ids (Cli *cli, BijouFakeServer *server);

CliRun *cli_list (Cli *cli, const char *kind);
/* The last object of a sync, which is for all libraries. */
JsonObject *cli_get_sum (CliRun *run);
/* Rows go, get other titles, are begun, seen and not seen any more. */
void cli_change_library (BijouFakeServer *server);

/* g_test_init; ends the process when BIJOU_PROGRAM is not set. */
void cli_test_init (int *argc, char ***argv);

#define CLI_ADD(name, func)                                                                        \
  g_test_add ("/command-line/" name, Cli, NULL, cli_set_up, func, cli_tear_down)
#define CLI_ADD_BOTH(name, func)                                                                   \
  CLI_ADD (name "/plex", func);                                                                    \
  g_test_add ("/command-line/" name "/jellyfin", Cli, "jellyfin", cli_set_up, func, cli_tear_down)

G_END_DECLS
