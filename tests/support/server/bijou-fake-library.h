/* What is on a fake server: items, their films, people and pictures, and the play state of each
 * user. Made up for any size, or read from a demo catalogue. Only the server's thread touches it.
 */
#pragma once

#include "bijou-fake-options.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define BIJOU_FAKE_USERS 3

typedef enum
{
  BIJOU_FAKE_MOVIE,
  BIJOU_FAKE_SHOW,
  BIJOU_FAKE_SEASON,
  BIJOU_FAKE_EPISODE,
  BIJOU_FAKE_COLLECTION,
  BIJOU_FAKE_PLAYLIST,
} BijouFakeItemKind;

#define BIJOU_FAKE_N_KINDS (BIJOU_FAKE_PLAYLIST + 1)

typedef enum
{
  BIJOU_FAKE_STREAM_VIDEO = 1,
  BIJOU_FAKE_STREAM_AUDIO = 2,
  BIJOU_FAKE_STREAM_SUBTITLE = 3,
} BijouFakeStreamType;

typedef struct
{
  BijouFakeStreamType type;
  char codec[16];   /* ffmpeg names */
  char language[4]; /* ISO 639-2/B, or empty */
  char title[48];
  int index; /* in the file, as ffmpeg counts; -1 for a file beside it */
  int width, height;
  double fps;
  int channels;
  int bitrate; /* kbit/s */
  gboolean is_default;
  gboolean is_forced;
  char range[16]; /* "HDR10", "HLG", "Dolby Vision", or empty: SDR */
} BijouFakeStream;

typedef struct
{
  char *title; /* (owned) (nullable) */
  char *image; /* (owned) (nullable) file */
  gint64 start_ms;
} BijouFakeChapter;

typedef struct
{
  char *name;  /* (owned) */
  char *role;  /* (owned) (nullable) */
  char *image; /* (owned) (nullable) file */
  char *kind;  /* (owned) Actor, Director or Writer */
} BijouFakePerson;

/* One film file, or a made-up one: shared by all items that play it. */
typedef struct
{
  char *path;      /* (owned) (nullable) NULL: bytes are made up */
  char *container; /* (owned) "mkv", "mp4" */
  guint64 size;
  gint64 duration_ms;
  GArray *streams;     /* (owned) of BijouFakeStream */
  GPtrArray *chapters; /* (owned) of BijouFakeChapter */
} BijouFakeFilm;

typedef struct _BijouFakeItem BijouFakeItem;

struct _BijouFakeItem
{
  guint index; /* in the library */
  BijouFakeItemKind kind;
  guint section;
  char *title;          /* (owned) */
  char *sort_title;     /* (owned) */
  char *overview;       /* (owned) (nullable) NULL: made up */
  char *tagline;        /* (owned) (nullable) */
  char *content_rating; /* (owned) (nullable) */
  char *aired;          /* (owned) (nullable) YYYY-MM-DD */
  char *poster;         /* (owned) (nullable) file */
  char *backdrop;       /* (owned) (nullable) file */
  int year;
  int number; /* of a season or an episode */
  double rating;
  gint64 duration_ms;
  gint64 added_at;
  gint64 updated_at;
  guint genres;           /* bits: bijou_fake_library_get_genre () */
  GPtrArray *people;      /* (owned) (nullable) NULL: made up */
  GPtrArray *chapters;    /* (owned) (nullable) of BijouFakeChapter */
  BijouFakeItem *parent;  /* (unowned) (nullable) */
  GPtrArray *children;    /* (owned) (nullable) unowned items, in order */
  BijouFakeFilm *film;    /* (unowned) (nullable) */
  char *version;          /* (owned) (nullable) "4K HDR10": of several versions, this one's name */
  BijouFakeItem *twin;    /* (unowned) (nullable) the other version, in no list of the library */
  BijouFakeItem *twin_of; /* (unowned) (nullable) what it is the other version of */
  gint64 intro_ms[2];     /* start and end, or zeros */
  gint64 credits_ms[2];
  guint change;   /* counts changes of the file */
  guint64 size;   /* of the file as told now */
  guint ordinal;  /* counts the items of one kind */
  guint identity; /* for the world's databases: the same work has the same on every server */
  gboolean no_poster;
  gboolean no_backdrop;
  gboolean removed;
};

typedef struct
{
  gint64 position_ms;
  gint64 viewed_at;   /* epoch seconds, 0: never */
  double user_rating; /* 0 to 10, 0: none */
  int view_count;
  int audio_stream;    /* remembered choice; 0: none */
  int subtitle_stream; /* remembered choice; 0: none, -1: off */
  gboolean played;
  gboolean favourite;
} BijouFakeState;

typedef struct
{
  guint id; /* 1, 2 ... */
  BijouFakeItemKind kind;
  char *title; /* (owned) */
  gint64 updated_at;
  gint64 content_changed_at;
  GPtrArray *lists[BIJOU_FAKE_N_KINDS]; /* (owned) unowned items, by sort title */
} BijouFakeSection;

typedef struct _BijouFakeLibrary BijouFakeLibrary;

BijouFakeLibrary *bijou_fake_library_new (const BijouFakeOptions *options, guint64 seed);
void bijou_fake_library_free (BijouFakeLibrary *self);

GPtrArray *bijou_fake_library_get_sections (BijouFakeLibrary *self);
BijouFakeSection *bijou_fake_library_get_section (BijouFakeLibrary *self, guint id);
BijouFakeItem *bijou_fake_library_get_item (BijouFakeLibrary *self, guint index);
guint bijou_fake_library_get_n_items (BijouFakeLibrary *self);
const char *bijou_fake_library_get_genre (BijouFakeLibrary *self, guint bit);
guint bijou_fake_library_get_n_genres (BijouFakeLibrary *self);
guint bijou_fake_library_add_genre (BijouFakeLibrary *self, const char *name);
char *bijou_fake_library_dup_overview (BijouFakeItem *item);
/* Always new persons, free with g_ptr_array_unref(). */
GPtrArray *bijou_fake_library_dup_people (BijouFakeItem *item);

/* What the catalogue shows of a person; plex_id is the name's hash, jellyfin_id its MD5. */
const char *bijou_fake_library_find_person_image (BijouFakeLibrary *self,
                                                  guint plex_id,
                                                  const char *jellyfin_id);
guint bijou_fake_person_plex_id (const char *name);

/* 128-bit ids for Jellyfin. hex: room for 33 bytes. */
void bijou_fake_library_format_id (BijouFakeLibrary *self, guint space, guint index, char *hex);
BijouFakeItem *bijou_fake_library_find_id (BijouFakeLibrary *self, const char *hex);

BijouFakeState *
bijou_fake_library_get_state (BijouFakeLibrary *self, const BijouFakeItem *item, guint user);
/* Playable items below item, or item itself. (transfer container) */
GPtrArray *bijou_fake_library_get_leaves (BijouFakeItem *item);
void bijou_fake_library_count_leaves (
    BijouFakeLibrary *self, BijouFakeItem *item, guint user, guint *leaves, guint *viewed);
void bijou_fake_library_save_state (BijouFakeLibrary *self);

/* Changes. */
BijouFakeItem *bijou_fake_library_add_item (BijouFakeLibrary *self,
                                            BijouFakeItemKind kind,
                                            guint section,
                                            BijouFakeItem *parent,
                                            const char *title);
BijouFakeSection *
bijou_fake_library_add_section (BijouFakeLibrary *self, BijouFakeItemKind kind, const char *title);
/* A second version of item. Lists do not have it, but it is found by its index and its id. */
BijouFakeItem *bijou_fake_library_add_twin (BijouFakeLibrary *self, BijouFakeItem *item);
void bijou_fake_library_remove_item (BijouFakeLibrary *self, BijouFakeItem *item);
void
bijou_fake_library_rename_item (BijouFakeLibrary *self, BijouFakeItem *item, const char *title);
void bijou_fake_library_touch_item (BijouFakeLibrary *self, BijouFakeItem *item);
void bijou_fake_library_sort (BijouFakeLibrary *self);
/* Rises with each change of content. */
guint bijou_fake_library_get_generation (BijouFakeLibrary *self);

BijouFakeFilm *bijou_fake_library_add_film (BijouFakeLibrary *self, const char *path);
/* The same file with streams of which better things are told: "4K HDR10 Atmos", "1080p 5.1". */
BijouFakeFilm *bijou_fake_library_add_dressed_film (BijouFakeLibrary *self,
                                                    BijouFakeFilm *film,
                                                    const char *quality);
void bijou_fake_library_set_film (BijouFakeItem *item, BijouFakeFilm *film);
BijouFakeFilm *bijou_fake_film_new_made_up (guint64 size, gint64 duration_ms);
void bijou_fake_film_free (BijouFakeFilm *self);
BijouFakeChapter *bijou_fake_chapter_new (const char *title, const char *image, gint64 start_ms);
/* NULL: it has no picture, or there is no such chapter. i counts from 0. */
const char *bijou_fake_item_get_chapter_image (BijouFakeItem *item, guint64 i);
void bijou_fake_chapter_free (BijouFakeChapter *self);
BijouFakePerson *
bijou_fake_person_new (const char *name, const char *role, const char *kind, const char *image);
void bijou_fake_person_free (BijouFakePerson *self);
char *bijou_fake_make_sort_title (const char *title);

/* bijou-fake-catalogue.c */
gboolean bijou_fake_library_load_catalogue (BijouFakeLibrary *self,
                                            const BijouFakeOptions *options,
                                            GError **error);
/* bijou-fake-share.c */
gboolean bijou_fake_share_has (BijouFakeShare share, JsonObject *title);
/* Whether the title was watched here: one that both have was watched on the grown-up server. */
gboolean bijou_fake_share_lives_here (BijouFakeShare share, JsonObject *title);
const char *bijou_fake_share_get_section_title (BijouFakeShare share, BijouFakeItemKind kind);
/* bijou-fake-probe.c: fills what the file tells of itself. */
void bijou_fake_film_probe (BijouFakeFilm *film);

guint64 bijou_fake_mix (guint64 value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouFakeLibrary, bijou_fake_library_free)

G_END_DECLS
