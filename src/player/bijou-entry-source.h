#pragma once

#include "bijou-byte-source.h"
#include "bijou-cache-entry.h"

G_BEGIN_DECLS

/**
 * BijouEntrySource:
 * A #BijouByteSource over an entry of the media cache, as its playing reader.
 */
#define BIJOU_TYPE_ENTRY_SOURCE (bijou_entry_source_get_type ())
G_DECLARE_FINAL_TYPE (BijouEntrySource, bijou_entry_source, BIJOU, ENTRY_SOURCE, GObject)

BijouEntrySource *
bijou_entry_source_new (BijouCacheEntry *entry, GCancellable *cancellable, GError **error);
/* Reads wait for the server as long as it takes, from now on. */
void bijou_entry_source_set_patient (BijouEntrySource *self);
BijouCacheEntry *bijou_entry_source_get_entry (BijouEntrySource *self);

G_END_DECLS
