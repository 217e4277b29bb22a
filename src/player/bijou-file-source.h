#pragma once

#include "bijou-byte-source.h"

G_BEGIN_DECLS

/**
 * BijouFileSource:
 * A #BijouByteSource over a file on this computer.
 */
#define BIJOU_TYPE_FILE_SOURCE (bijou_file_source_get_type ())
G_DECLARE_FINAL_TYPE (BijouFileSource, bijou_file_source, BIJOU, FILE_SOURCE, GObject)

BijouByteSource *bijou_file_source_new (const char *path, GError **error);

G_END_DECLS
