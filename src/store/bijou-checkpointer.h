#pragma once

#include "bijou-database.h"

G_BEGIN_DECLS

/**
 * BijouCheckpointer:
 * Moves what the writer committed from the write-ahead log into the database, on a thread and a
 * connection of its own: it waits for the disk, and the writer must not.
 */
typedef struct _BijouCheckpointer BijouCheckpointer;

BijouCheckpointer *bijou_checkpointer_new (const char *path, GError **error);
void bijou_checkpointer_free (BijouCheckpointer *self);
void bijou_checkpointer_note_log (guint pages, gpointer checkpointer);

G_END_DECLS
