#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Soft chords without end, for the sound tracks of the demo: fills @n mono samples from sample
 * @first on. @key moves everything up by that many semitones, @mood chooses one of two
 * progressions.
 */
void demo_music_fill (gint16 *samples, guint n, guint64 first, int rate, int key, guint mood);

G_END_DECLS
