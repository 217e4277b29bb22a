#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/**
 * BijouCommandLine:
 * What was asked for on the command line, see bijou(1). Owned by the caller; filled once.
 */
typedef struct
{
  /* common */
  char *profile;
  char *ca_file;
  gboolean json;
  gboolean verbose;
  gboolean version;
  char **rest;

  /* servers */
  char *add_server;
  char *add_account;
  char *backend;
  char *user;
  char *pin;
  char **headers;
  gboolean password_stdin;
  gboolean token_stdin;
  gboolean list_servers;
  char *remove_server;
  gboolean probe;
  char *probe_server;

  /* library */
  gboolean sync;
  char *sync_server;
  gboolean sync_log;
  gboolean full;
  char *list;
  char *server;
  char *library;
  char *parent;
  char *sort;
  char *search;
  char *info;
  char *mark;
  char *favourite;
  char *unfavourite;

  /* media */
  char *play;
  gint64 start_ms;
  gboolean fullscreen;
  gboolean exit_at_end;
  char *fetch;
  char *output;
  gboolean cache;
  gboolean clear;
  gboolean exit_after_startup;
} BijouCommandLine;

/* Exit statuses of cli.md. */
enum
{
  BIJOU_EXIT_DONE = 0,
  BIJOU_EXIT_FAILED = 1,
  BIJOU_EXIT_USAGE = 2,
  BIJOU_EXIT_STOPPED = 130,
};

gboolean bijou_command_line_parse (BijouCommandLine *self, int *argc, char ***argv, GError **error);
void bijou_command_line_clear (BijouCommandLine *self);
/* Whether what is asked for is done without a window. */
gboolean bijou_command_line_is_headless (const BijouCommandLine *self);
/* Does it, and returns the exit status. Main thread; no display is needed. */
int bijou_command_line_run (const BijouCommandLine *self);
/* The item that a window is to open, NULL for none: `bijou ITEM`, `bijou bijou:item/ITEM`. */
char *bijou_command_line_dup_item (const BijouCommandLine *self);

G_END_DECLS
