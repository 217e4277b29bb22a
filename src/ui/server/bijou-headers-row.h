#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouHeadersRow:
 * An expander for the headers that a proxy in front of a server demands. Signal: `changed`.
 */
#define BIJOU_TYPE_HEADERS_ROW (bijou_headers_row_get_type ())
G_DECLARE_FINAL_TYPE (BijouHeadersRow, bijou_headers_row, BIJOU, HEADERS_ROW, AdwExpanderRow)

/* In place of those that it shows; the signal is not emitted. */
void bijou_headers_row_set_headers (BijouHeadersRow *self, const char *headers);
/* `Name: value` on each line, what is complete and may be sent; NULL for none. */
char *bijou_headers_row_dup_headers (BijouHeadersRow *self);
/* Whether nothing is half written or may not be sent; marks what is. */
gboolean bijou_headers_row_check (BijouHeadersRow *self);

G_END_DECLS
