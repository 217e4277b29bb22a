#pragma once

#include "bijou-command-line.h"
#include "bijou-output.h"

G_BEGIN_DECLS

/**
 * BijouCommand:
 * One call at work: what commands share. They run on a worker thread, block, and return %FALSE with
 * an error when not all that was asked for was done.
 */
typedef struct
{
  const BijouCommandLine *line; /* (unowned) */
  BijouContext *context;        /* (unowned) */
  BijouOutput *output;          /* (unowned) */
  GCancellable *cancellable;    /* (unowned) Ctrl+C */
} BijouCommand;

gboolean bijou_command_add_server (BijouCommand *self, GError **error);
gboolean bijou_command_add_account (BijouCommand *self, GError **error);
gboolean bijou_command_list_servers (BijouCommand *self, GError **error);
gboolean bijou_command_remove_server (BijouCommand *self, GError **error);
gboolean bijou_command_probe (BijouCommand *self, GError **error);
gboolean bijou_command_sync (BijouCommand *self, GError **error);
gboolean bijou_command_sync_log (BijouCommand *self, GError **error);
gboolean bijou_command_list (BijouCommand *self, GError **error);
gboolean bijou_command_search (BijouCommand *self, GError **error);
gboolean bijou_command_info (BijouCommand *self, GError **error);
gboolean bijou_command_mark (BijouCommand *self, GError **error);
gboolean bijou_command_fetch (BijouCommand *self, GError **error);
gboolean bijou_command_cache (BijouCommand *self, GError **error);

/* Helpers that several of them need. */
BijouServer *bijou_command_find_server (BijouCommand *self, const char *name, GError **error);
BijouItem *bijou_command_find_item (BijouCommand *self, const char *key, GError **error);
BijouBackend *
bijou_command_require_backend (BijouCommand *self, const char *server_id, GError **error);
BijouTrust *bijou_command_dup_trust (BijouCommand *self, const char *base_url);
void bijou_command_explain_untrusted (BijouCommand *self, const char *base_url, GError **error);
void bijou_command_add_item (JsonBuilder *builder, BijouItem *item);
void bijou_command_print_items (BijouCommand *self, GPtrArray *items);

G_END_DECLS
