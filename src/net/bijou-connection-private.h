#pragma once

#include "bijou-connection.h"

G_BEGIN_DECLS

/* What the files of the connection share. */

char *bijou_connection_find_base (BijouConnection *self,
                                  BijouHttpKind kind,
                                  GCancellable *cancellable,
                                  GError **error);
void bijou_connection_note_answer (BijouConnection *self,
                                   const char *base,
                                   BijouHttpRequest *request,
                                   guint status);
BijouTrust *bijou_connection_dup_trust (BijouConnection *self, const char *base);
GPtrArray *bijou_probe_results_new (GPtrArray *addresses, GPtrArray *entrants, const char *current);

G_END_DECLS
