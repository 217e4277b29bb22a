#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Nginx:
 * A real nginx on loopback, with TLS and HTTP/2, for tests of what stands in front of servers.
 */
typedef struct _Nginx Nginx;

gboolean nginx_is_there (void);
Nginx *nginx_new (const char *folder);
void nginx_free (Nginx *self);
/* Before nginx_start(): a site that answers at a port of its own with FOLDER/NAME.pem; @body is
 * what stands in its `server` block. Returns the port. */
guint nginx_add_site (Nginx *self, const char *name, const char *body, ...) G_GNUC_PRINTF (3, 4);
void nginx_start (Nginx *self);
/* https://127.0.0.1:PORT */
char *nginx_dup_url (Nginx *self, const char *name);
/* What was logged so far, one line for a request:
 * "NAME PROTOCOL CONNECTION STATUS METHOD URI door=… authorization=… token=…". */
char *nginx_dup_log (Nginx *self);
/* Takes FOLDER/NAME.pem anew. */
void nginx_restart (Nginx *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Nginx, nginx_free)

G_END_DECLS
