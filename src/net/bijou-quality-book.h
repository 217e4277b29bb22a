#pragma once

#include "bijou-network-quality.h"

G_BEGIN_DECLS

/**
 * BijouQualityBook:
 * The quality of the way to each origin. Any thread.
 */
typedef struct _BijouQualityBook BijouQualityBook;

BijouQualityBook *bijou_quality_book_new (void);
void bijou_quality_book_free (BijouQualityBook *self);
/* @latency_ms -1: it says nothing about the way. */
void bijou_quality_book_note_answer (BijouQualityBook *self, const char *origin, int latency_ms);
void bijou_quality_book_note_failure (BijouQualityBook *self, const char *origin);
void
bijou_quality_book_note_bytes (BijouQualityBook *self, const char *origin, gint64 bytes, gint64 us);
void
bijou_quality_book_set_need (BijouQualityBook *self, const char *origin, gint64 bytes_per_second);
/* Returns whether there was any traffic. */
gboolean bijou_quality_book_get (BijouQualityBook *self, const char *origin, BijouQuality *quality);
gboolean bijou_quality_book_is_degraded (BijouQualityBook *self, const char *origin);
void bijou_quality_book_forget (BijouQualityBook *self);

G_END_DECLS
