#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouOutputFile:
 * A file that is written out for the user: it is there when it is whole, and not before. What
 * stood there stays until then.
 */
typedef struct _BijouOutputFile BijouOutputFile;

/* (nullable): NULL when nothing can be written there, which is found out at once. */
BijouOutputFile *bijou_output_file_new (const char *path, GError **error);
/* What was not committed is gone. */
void bijou_output_file_free (BijouOutputFile *self);
gboolean
bijou_output_file_write (BijouOutputFile *self, const char *bytes, gsize length, GError **error);
gboolean bijou_output_file_commit (BijouOutputFile *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouOutputFile, bijou_output_file_free)

G_END_DECLS
