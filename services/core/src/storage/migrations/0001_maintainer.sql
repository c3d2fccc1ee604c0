-- breaks: no
-- One row: which maintainer process leads, and until when by PostgreSQL's clock. Used in the directory only.
CREATE TABLE "maintainer_lease" (
	"id" smallint PRIMARY KEY NOT NULL,
	"holder" varchar(36) COLLATE "C" NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
