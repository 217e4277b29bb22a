#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Authority:
 * Signs certificates for tests, in a folder of its own.
 */
typedef struct _Authority Authority;

Authority *authority_new (const char *folder);
void authority_free (Authority *self);
/* Its own certificate, in PEM. */
const char *authority_get_file (Authority *self);
/* Writes NAME.pem and NAME.key into the folder: a key of its own, for the IP address or DNS name
 * @host, valid for @days from now, or expired for as many when negative. @self NULL: signed by
 * itself. */
void
authority_issue (Authority *self, const char *folder, const char *name, const char *host, int days);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Authority, authority_free)

G_END_DECLS
