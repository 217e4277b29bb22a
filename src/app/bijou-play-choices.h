#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BijouPlayChoices:
 * What a user chose before Play; NULL where nothing was chosen.
 */
typedef struct
{
  char *version_id;  /* (owned) (nullable) NULL: the best */
  char *audio_id;    /* (owned) (nullable) id of a stream; NULL: by the preferences */
  char *subtitle_id; /* (owned) (nullable) id of a stream, "" none; NULL: by the preferences */
} BijouPlayChoices;

BijouPlayChoices *
bijou_play_choices_new (const char *version_id, const char *audio_id, const char *subtitle_id);
BijouPlayChoices *bijou_play_choices_copy (const BijouPlayChoices *self);
void bijou_play_choices_free (BijouPlayChoices *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouPlayChoices, bijou_play_choices_free)

G_END_DECLS
