package store

import (
	"context"

	"contest/judge"
)

// chunkBytes is the size of the pieces of a blob in PostgreSQL.
const chunkBytes = 1 << 20

// tableBlobs keeps blobs in PostgreSQL, so that many servers share them.
type tableBlobs struct{ db *DB }

// Put implements Blobs.
func (b tableBlobs) Put(ctx context.Context, sum string, data []byte) error {
	if _, _, err := blobPath(sum); err != nil {
		return err
	}
	if _, err := b.Get(ctx, sum); err == nil {
		return nil
	}
	const insertChunk = `insert into blob_chunk (sha256, ordinal, data) values (?, ?, ?)
		on conflict (sha256, ordinal) do update set data = excluded.data`
	const insertBlob = `insert into blob (sha256, bytes) values (?, ?) on conflict (sha256) do nothing`
	return b.db.inTx(ctx, func(tx *Tx) error {
		n := min(chunkBytes, len(data))
		if n == 0 {
			_, err := tx.exec(ctx, insertBlob, sum, 0)
			return err
		}
		// Most blobs are one chunk, and every statement is a round trip.
		_, err := tx.exec(ctx, `with one as (`+insertBlob+`) `+insertChunk, sum, len(data), sum, 1, data[:n])
		rest := data[n:]
		for i := 2; err == nil && len(rest) > 0; i++ {
			n := min(chunkBytes, len(rest))
			_, err = tx.exec(ctx, insertChunk, sum, i, rest[:n])
			rest = rest[n:]
		}
		return err
	})
}

// Get implements Blobs.
func (b tableBlobs) Get(ctx context.Context, sum string) ([]byte, error) {
	if ok, err := b.Has(ctx, sum); err != nil {
		return nil, err
	} else if !ok {
		return nil, &judge.NotFound{Kind: "blob", Name: sum}
	}
	rows, err := b.db.postgres.Query(ctx, `select data from blob_chunk where sha256 = $1 order by ordinal`, sum)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var data []byte
	for rows.Next() {
		var chunk []byte
		if err := rows.Scan(&chunk); err != nil {
			return nil, explain(err)
		}
		data = append(data, chunk...)
	}
	if err := rows.Err(); err != nil {
		return nil, explain(err)
	}
	return data, verify(sum, data)
}

// Has implements Blobs.
func (b tableBlobs) Has(ctx context.Context, sum string) (ok bool, err error) {
	err = b.db.reader().get(ctx, &ok, `select exists (select 1 from blob where sha256 = ?)`, sum)
	return ok, explain(err)
}

// Delete implements Blobs; a blob that is not there is fine.
func (b tableBlobs) Delete(ctx context.Context, sum string) error {
	return b.db.inTx(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `delete from blob where sha256 = ?`, sum)
		return err
	})
}
